import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import {
  type ItemResult,
  type ItemsReply,
  type TrashItem,
  type TrashPage,
  trashPageSize,
} from '#contract/manage.ts'
import { isoTime } from '#server/core/clock.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { treeOf } from '#server/storage/dialect.ts'
import { createGiveWay } from './give-way.ts'
import { ItemRefusal } from './item.ts'
import { type Entry, fileById, makeFolder, placeEntry } from './item-repository.ts'
import type { Keep, ManageDeps } from './manage-items.ts'
import { pathIn, requireRoom, takeSeat } from './place-items.ts'
import type { FolderOf, SubtreeRepository } from './subtree-repository.ts'
import {
  condemn,
  findTrash,
  forgetTrash,
  type TrashRepository,
  type TrashRow,
} from './trash-repository.ts'

export type TrashDeps = ManageDeps & {
  trash: TrashRepository
  subtree: SubtreeRepository
  /** How long things stay in it. */
  trashMs: number
}

type Chosen = { userId: string; ids: string[] }

/** What was deleted before has expired. */
const since = ({ clock, trashMs }: TrashDeps) => clock.now() - trashMs

/** `GET /trash`: what was deleted last first. */
export async function trashPage(
  deps: TrashDeps,
  userId: string,
  offset: number,
): Promise<TrashPage> {
  const { trash, trashMs } = deps
  await measureFolders(deps, userId)
  const limit = trashPageSize
  const rows = await trash.page(userId, since(deps), { offset, limit })
  const totals = await trash.totals(userId, since(deps))
  const next_offset = offset + rows.length
  return {
    status: 'ok',
    items: rows.map((row) => trashItem(row, trashMs)),
    ...{ limit, next_offset, has_more: next_offset < totals.items },
    ...{ total: totals.items, total_size: totals.bytes },
  }
}

function trashItem(row: TrashRow, trashMs: number): TrashItem {
  return {
    ...{ id: row.id, name: row.name, path: pathOf(row), size: row.size ?? 0 },
    deleted_at: isoTime(row.deleted_at),
    expires_at: isoTime(row.deleted_at + trashMs),
  }
}

/** Where it was, in full. */
function pathOf({ parent, name, folder_id }: TrashRow): string {
  return pathIn(parent as FolderPath, folder_id === null ? 'file' : 'folder', name as FileName)
}

/** A folder in the trash does not change any more: each is measured once. */
async function measureFolders(deps: TrashDeps, userId: string): Promise<void> {
  const giveWay = createGiveWay()
  for (const { id, folderId } of await deps.trash.unmeasured(userId, since(deps))) {
    await deps.trash.noteSize(id, await bytesBelow(deps, { userId, folderId }, giveWay))
  }
}

async function bytesBelow(
  deps: TrashDeps,
  folder: FolderOf,
  giveWay: () => Promise<void>,
): Promise<number> {
  const { subtree } = deps
  let bytes = 0
  for (let after: string | null = ''; after !== null; ) {
    const some = await subtree.sizes(folder, after)
    bytes += some.bytes
    after = some.last
    await giveWay()
  }
  for (let after = ''; ; ) {
    const folders = await subtree.folders(folder, after)
    if (folders.length === 0) return bytes
    for (const { id } of folders) {
      bytes += await bytesBelow(deps, { ...folder, folderId: id }, giveWay)
    }
    after = folders.at(-1)?.name ?? ''
  }
}

/** Each to where it was, in folders that are made again, with a number where its place is taken. */
export async function restoreItems(
  deps: TrashDeps,
  chosen: Chosen,
  keep: Keep<ItemsReply>,
): Promise<ItemsReply> {
  const { userId } = chosen
  const reply = await actOnTrash(deps, chosen, keep, (unit, row) => restoreOne(unit, userId, row))
  await deps.changes.tell(userId)
  return reply
}

export async function deleteForEver(
  deps: TrashDeps,
  chosen: Chosen,
  keep: Keep<ItemsReply>,
): Promise<ItemsReply> {
  const reply = await actOnTrash(deps, chosen, keep, async (unit, { id }) => {
    await condemn(unit, id)
    return {}
  })
  await deps.purge.run()
  return reply
}

type ActOnRow = (unit: UnitOfWork, row: TrashRow) => Promise<Pick<ItemResult, 'path'>>

/** Acts on each id once. */
function actOnTrash(
  deps: TrashDeps,
  { userId, ids }: Chosen,
  keep: Keep<ItemsReply>,
  act: ActOnRow,
): Promise<ItemsReply> {
  return deps.run(async (unit) => {
    const giveWay = createGiveWay()
    const results = new Map<string, ItemResult>()
    for (const id of new Set(ids)) {
      const row = await findTrash(unit, { userId, id, since: since(deps) })
      results.set(id, await resultOf(id, row, (found) => act(unit, found)))
      await giveWay()
    }
    const reply: ItemsReply = {
      status: 'ok',
      results: ids.map((id) => results.get(id) ?? gone().resultFor(id)),
    }
    await keep(unit, reply)
    return reply
  }, treeOf(userId))
}

async function resultOf(
  item: string,
  row: TrashRow | null,
  act: (row: TrashRow) => Promise<Pick<ItemResult, 'path'>>,
): Promise<ItemResult> {
  if (row === null) return gone().resultFor(item)
  try {
    return { item, status: 'ok', ...(await act(row)) }
  } catch (error) {
    if (error instanceof ItemRefusal) return error.resultFor(item)
    throw error
  }
}

function gone(): ItemRefusal {
  return new ItemRefusal('not_found', 'That is not in the trash any more.')
}

async function restoreOne(unit: UnitOfWork, userId: string, row: TrashRow) {
  const entry = await entryOf(unit, row)
  const path = row.parent as FolderPath
  const { id: folderId } = await makeFolder(unit, userId, path)
  const item = { kind: entry.kind, folder: path, name: row.name as FileName }
  const to = { path, folderId, onConflict: 'rename' as const }
  const { name } = await takeSeat(unit, { userId, item, to })
  const restored = pathIn(path, item.kind, name)
  await requireRoom(unit, { entry, from: pathOf(row), to: restored })
  await placeEntry(unit, entry, { userId, folderId, name })
  await forgetTrash(unit, row.id)
  return { path: restored }
}

async function entryOf(unit: UnitOfWork, row: TrashRow): Promise<Entry> {
  if (row.folder_id !== null) return { kind: 'folder', folderId: row.folder_id }
  const file = await fileById(unit, row.file_id ?? '')
  if (file === null) throw gone()
  return { kind: 'file', file }
}
