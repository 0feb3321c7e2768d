import type { FastifyInstance } from 'fastify'
import type * as z from 'zod/mini'
import { endpoints } from '#contract/endpoints.ts'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import type { createShareBody, Share } from '#contract/shares.ts'
import { guestKeyPrefix, shareMaxDays, sharesPerAccount } from '#contract/shares.ts'
import { describeApiKey, randomText } from '#server/api-keys/make-api-key.ts'
import { type Clock, isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { parseItem } from '#server/files/manage/item.ts'
import { findEntry, folderAt } from '#server/files/manage/item-repository.ts'
import type { Route } from '#server/http/route/route.ts'
import type { RunUnit } from '#server/storage/database.ts'
import { createShareSecret, hashShareSecret } from './guest-key.ts'
import {
  addShareUpTo,
  type NewShare,
  type ShareItem,
  type ShareRepository,
  type ShareRow,
} from './share-repository.ts'
import type { SharedTree, SharedTrees } from './shared-tree.ts'

type Deps = {
  route: Route<{ userId: string }>
  shares: ShareRepository
  trees: SharedTrees
  run: RunUnit
  clock: Clock
  hashPassword(password: string): Promise<string>
  publicUrl(): string
}

type Wanted = z.output<typeof createShareBody>
const dayMs = 24 * 60 * 60 * 1000
const refuse = (message: string) => new ApiFailure('invalid_request', message)

/** Links are made, listed and revoked by keys with the scope `manage`. */
export function addSharesRoutes(app: FastifyInstance, deps: Deps): void {
  const { route, shares, trees, clock, publicUrl } = deps

  route(app, endpoints.createShare, async ({ key, body }) => {
    const { row, secret } = await makeShare(deps, key.userId, body)
    const page = row.kind === 'upload' ? 'ask' : 'shared'
    const tree = await trees.find(row)
    return {
      status: 'ok' as const,
      share: toShare({ ...row, last_used_at: null, used_bytes: 0, files: 0 }, tree, clock.now()),
      // Behind the "#" it reaches no server, and so no log.
      link: `${publicUrl()}/${page}#${secret}`,
    }
  })

  route(app, endpoints.shares, async ({ key }) => {
    const found = await trees.findAll(await shares.list(key.userId))
    const now = clock.now()
    return { status: 'ok' as const, shares: found.map(([row, tree]) => toShare(row, tree, now)) }
  })

  route(app, endpoints.revokeShares, async ({ key, body: { ids } }) => {
    const revoked = await shares.revoke(key.userId, ids)
    return {
      status: 'ok' as const,
      results: ids.map((id) =>
        revoked.has(id)
          ? { id, status: 'ok' }
          : { id, status: 'error', code: 'not_found', message: 'There is no such link any more.' },
      ),
    }
  })
}

/** `secret` is its only copy. @throws ApiFailure */
async function makeShare(
  { run, clock, hashPassword }: Deps,
  userId: string,
  wanted: Wanted,
): Promise<{ row: NewShare; secret: string }> {
  const now = clock.now()
  const expiresAt = requireExpiry(wanted, now)
  requireFit(wanted)
  const secret = createShareSecret()
  const passwordHash = wanted.password === undefined ? null : await hashPassword(wanted.password)
  const row = await run(async (unit) => {
    const what = await findShared(unit, userId, wanted)
    const made: NewShare = {
      id: `share_${randomText(16)}`,
      ...{ user_id: userId, kind: wanted.kind, name: wanted.name ?? what.name },
      ...{ secret_hash: hashShareSecret(secret), password_hash: passwordHash },
      ...describeSecret(secret),
      ...{ created_at: now, expires_at: expiresAt, max_bytes: wanted.max_bytes ?? null },
      ...{ folder_id: what.folderId, items: what.items },
    }
    if (await addShareUpTo(unit, sharesPerAccount, made)) return made
    throw refuse(
      `An account has at most ${sharesPerAccount.toLocaleString('en')} links. Revoke those that are not needed any more.`,
    )
  }, `shares ${userId}`)
  return { row, secret }
}

function describeSecret(secret: string): { prefix: string; last4: string } {
  const { last4 } = describeApiKey(secret)
  return { prefix: `${guestKeyPrefix}${secret.slice(0, 6)}...`, last4 }
}

function requireExpiry(wanted: Wanted, now: number): number {
  const expiresAt = Date.parse(wanted.expires_at)
  if (expiresAt <= now) throw refuse('The expiry must be in the future.')
  if (expiresAt > now + shareMaxDays * dayMs) {
    throw refuse(`The expiry must be within ${shareMaxDays} days.`)
  }
  return expiresAt
}

/** What no field can say by itself. */
function requireFit({ kind, path, items, max_bytes }: Wanted): void {
  if ((path === undefined) === (items === undefined)) {
    throw refuse('Name either the folder in path, or in items what is selected.')
  }
  if (kind === 'upload' && items !== undefined)
    throw refuse('Files are asked for in a folder: name it in path.')
  if (kind === 'upload' && max_bytes === undefined) {
    throw refuse('max_bytes is missing: say how many bytes the link takes.')
  }
  if (kind === 'read' && max_bytes !== undefined) {
    throw refuse('max_bytes is for links that take files.')
  }
}

type What = { name: string; folderId: number | null; items: ShareItem[] }

/** What is to be shared, by its ids. @throws ApiFailure `not_found` */
async function findShared(
  unit: UnitOfWork,
  userId: string,
  { path, items = [] }: Wanted,
): Promise<What> {
  if (path !== undefined) {
    const folderId = await folderAt(unit, userId, path)
    if (folderId === null) throw new ApiFailure('not_found', `There is no folder ${path}`)
    return { name: folderName(path) || 'All files', folderId, items: [] }
  }
  const found: { name: string; item: ShareItem }[] = []
  for (const text of new Set(items)) found.push(await findItem(unit, userId, text))
  const first = found[0]?.name ?? ''
  const name = found.length > 1 ? `${first} and ${found.length - 1} more` : first
  return { name, folderId: null, items: found.map(({ item }) => item) }
}

async function findItem(unit: UnitOfWork, userId: string, text: string) {
  const item = parseItem(text)
  if (!item.ok) throw refuse(item.rule)
  const { kind, folder, name } = item.value
  const folderId = await folderAt(unit, userId, folder)
  const entry = folderId === null ? null : await findEntry(unit, kind, { userId, folderId, name })
  if (entry === null) throw new ApiFailure('not_found', `There is no ${kind} ${text}`)
  const isFile = entry.kind === 'file'
  return {
    name,
    item: isFile
      ? { file_id: entry.file.id, folder_id: null }
      : { file_id: null, folder_id: entry.folderId },
  }
}

function toShare(row: Omit<ShareRow, never>, tree: SharedTree, now: number): Share {
  const isSelection = tree?.kind === 'selection'
  return {
    ...{ id: row.id, kind: row.kind, name: row.name },
    state: row.expires_at <= now ? 'expired' : tree === null ? 'gone' : 'live',
    path: tree?.kind === 'folder' ? (tree.path as FolderPath) : null,
    items: isSelection ? tree.files.length + tree.folders.length : 0,
    has_password: row.password_hash !== null,
    created_at: isoTime(row.created_at),
    expires_at: isoTime(row.expires_at),
    last_used_at: row.last_used_at === null ? null : isoTime(row.last_used_at),
    ...{ max_bytes: row.max_bytes, used_bytes: row.used_bytes, files: row.files },
  }
}
