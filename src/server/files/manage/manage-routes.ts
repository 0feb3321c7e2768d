import type { FastifyInstance, FastifyRequest } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { ConflictChoice, RenameReply } from '#contract/manage.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import { copyItems } from './copy-items.ts'
import {
  createFolder,
  deleteItems,
  type Keep,
  moveItems,
  type Placing,
  renameItem,
} from './manage-items.ts'
import type { Named } from './run-items.ts'
import { deleteForEver, restoreItems, type TrashDeps, trashPage } from './trash.ts'

type Key = { id: string; userId: string }
type Deps = TrashDeps & { route: Route<Key>; idempotency: Idempotency }
type Sent<Body> = { raw: FastifyRequest; key: Key; body: Body }

/** Additions for keys with the scope `manage`. */
export function addManageRoutes(app: FastifyInstance, deps: Deps): void {
  const { route } = deps

  /** Who sends the same `Idempotency-Key` again gets the first answer again. */
  function once<Body, Reply>(
    endpoint: keyof typeof endpoints,
    { raw, key: { userId }, body }: Sent<Body>,
    work: (wanted: Body & { userId: string }, keep: Keep<Reply>) => Promise<Reply>,
  ): Promise<Reply> {
    const { idempotency } = deps
    const requested = { userId, endpoint, fingerprint: body }
    return idempotency.once<Reply>(idempotency.readKey(raw), requested, (keep) =>
      work({ ...body, userId }, keep),
    )
  }

  route(app, endpoints.rename, (sent) =>
    once('rename', sent, (wanted, keep: Keep<RenameReply>) =>
      renameItem(deps, { ...wanted, text: wanted.item }, keep),
    ),
  )
  route(app, endpoints.move, (sent) =>
    once('move', sent, (wanted, keep) => moveItems(deps, placingOf(wanted), keep)),
  )
  route(app, endpoints.copy, (sent) =>
    once('copy', sent, (wanted, keep) => copyItems(deps, placingOf(wanted), keep)),
  )
  route(app, endpoints.delete, (sent) =>
    once('delete', sent, ({ userId, ...named }, keep) =>
      deleteItems(deps, { userId, named }, keep),
    ),
  )
  route(app, endpoints.createFolder, (sent) =>
    once(
      'createFolder',
      sent,
      (wanted, keep: Keep<{ status: 'ok'; path: string; created: boolean }>) =>
        createFolder(deps, wanted, keep),
    ),
  )
  route(app, endpoints.trash, ({ query, key }) => trashPage(deps, key.userId, query.offset))
  route(app, endpoints.restore, (sent) =>
    once('restore', sent, (wanted, keep) => restoreItems(deps, wanted, keep)),
  )
  route(app, endpoints.deleteForEver, (sent) =>
    once('deleteForEver', sent, (wanted, keep) => deleteForEver(deps, wanted, keep)),
  )
}

type PlaceBody = Named & { userId: string; to: FolderPath; on_conflict: ConflictChoice }

function placingOf({ userId, to, on_conflict, ...named }: PlaceBody): Placing {
  return { userId, named, to, onConflict: on_conflict }
}
