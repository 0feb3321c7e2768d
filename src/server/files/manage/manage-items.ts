import type { FileName } from '#contract/file-name.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import type { ConflictChoice, ItemsReply, RenameReply } from '#contract/manage.ts'
import type { Changes } from '#server/core/changes.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { RunUnit } from '#server/storage/database.ts'
import { treeOf } from '#server/storage/dialect.ts'
import { type Item, ItemRefusal, itemPath, nameTaken, parseItem } from './item.ts'
import { type Entry, findEntry, makeFolder, placeEntry } from './item-repository.ts'
import {
  pathIn,
  refuseLoop,
  requireEntry,
  requireRoom,
  type Seat,
  type Target,
  takeSeat,
} from './place-items.ts'
import type { Purge } from './purge.ts'
import { type Done, type Named, requireFolder, runItems } from './run-items.ts'
import { discardRow } from './trash-repository.ts'

/** Writes what must come true together with an answer. */
export type Keep<Reply> = (unit: UnitOfWork, reply: Reply) => Promise<void>

export type ManageDeps = {
  run: RunUnit
  purge: Purge
  clock: Clock
  changes: Changes
  /** Whether what is deleted can be had back. */
  keepsTrash: boolean
}

export type Placing = { userId: string; named: Named; to: FolderPath; onConflict: ConflictChoice }

type Renaming = {
  userId: string
  text: string
  name: FileName
  on_conflict?: 'replace' | undefined
}

/** @throws ApiFailure `invalid_request`, `not_found` or `conflict` */
export async function renameItem(
  deps: ManageDeps,
  { userId, text, name, on_conflict: onConflict }: Renaming,
  keep: Keep<RenameReply>,
): Promise<RenameReply> {
  const parsed = parseItem(text)
  if (!parsed.ok) throw new ApiFailure('invalid_request', parsed.rule)
  const item = parsed.value
  const path = pathIn(item.folder, item.kind, name)
  try {
    const answer = await deps.run(async (unit) => {
      const replaced = await renameTo(deps, unit, { userId, item, name, onConflict })
      const reply = { status: 'ok' as const, path, ...replaced }
      await keep(unit, reply)
      return reply
    }, treeOf(userId))
    if (item.kind === 'folder') await deps.changes.tell(userId)
    if (onConflict === 'replace' && !deps.keepsTrash) await deps.purge.run()
    return answer
  } catch (error) {
    if (error instanceof ItemRefusal) throw new ApiFailure(error.code, error.message)
    throw error
  }
}

type NewName = { userId: string; item: Item; name: FileName; onConflict: 'replace' | undefined }

async function renameTo(
  deps: ManageDeps,
  unit: UnitOfWork,
  { userId, item, name, onConflict }: NewName,
): Promise<Done> {
  const { entry, folderId } = await requireEntry(unit, userId, item)
  if (name === item.name) return {}
  const spot = { userId, folderId, name }
  const replaced = await findEntry(unit, item.kind, spot)
  if (replaced !== null && onConflict !== 'replace') throw nameTaken({ ...item, name })
  const to = pathIn(item.folder, item.kind, name)
  await requireRoom(unit, { entry, from: itemPath(item), to })
  const seat = { name, replaced }
  const cleared = await clearSeat(deps, unit, { userId, seat, to: { path: item.folder } })
  await placeEntry(unit, entry, spot)
  return cleared
}

/** @throws ApiFailure `not_found` where the folder they go to is not there */
export async function moveItems(
  deps: ManageDeps,
  placing: Placing,
  keep: Keep<ItemsReply>,
): Promise<ItemsReply> {
  const { userId, named } = placing
  const reply = await deps.run(async (unit) => {
    const to = await targetOf(unit, placing)
    const stays = ({ path }: Done, item: Item) => path === itemPath(item)
    const answer = await runItems(unit, { userId, named, stays }, (item) =>
      moveOne(deps, unit, { userId, item, to }),
    )
    await keep(unit, answer)
    return answer
  }, treeOf(userId))
  await settle(deps, userId)
  return reply
}

async function moveOne(
  deps: ManageDeps,
  unit: UnitOfWork,
  { userId, item, to }: { userId: string; item: Item; to: Target },
): Promise<Done> {
  const { entry, folderId } = await requireEntry(unit, userId, item)
  refuseLoop(item, to.path)
  if (folderId === to.folderId) return { path: itemPath(item) }
  const seat = await takeSeat(unit, { userId, item, to })
  const path = pathIn(to.path, item.kind, seat.name)
  await requireRoom(unit, { entry, from: itemPath(item), to: path })
  const cleared = await clearSeat(deps, unit, { userId, seat, to })
  await placeEntry(unit, entry, { userId, folderId: to.folderId, name: seat.name })
  return { path, ...cleared }
}

export async function deleteItems(
  deps: ManageDeps,
  { userId, named }: Pick<Placing, 'userId' | 'named'>,
  keep: Keep<ItemsReply>,
): Promise<ItemsReply> {
  const reply = await deps.run(async (unit) => {
    const answer = await runItems(unit, { userId, named, stays: () => false }, async (item) => {
      const { entry } = await requireEntry(unit, userId, item)
      return await discard(deps, unit, { userId, entry, parent: item.folder, name: item.name })
    })
    await keep(unit, answer)
    return answer
  }, treeOf(userId))
  await settle(deps, userId)
  return reply
}

/** Makes a folder and those above it. */
export async function createFolder(
  { run, changes }: ManageDeps,
  { userId, path }: { userId: string; path: FolderPath },
  keep: Keep<{ status: 'ok'; path: string; created: boolean }>,
) {
  const reply = await run(async (unit) => {
    const created = path !== rootFolder && (await makeFolder(unit, userId, path)).isNew
    const answer = { status: 'ok' as const, path, created }
    await keep(unit, answer)
    return answer
  }, treeOf(userId))
  if (reply.created) await changes.tell(userId)
  return reply
}

/** @throws ApiFailure `not_found` */
export async function targetOf(
  unit: UnitOfWork,
  { userId, to, onConflict }: Placing,
): Promise<Target> {
  return { path: to, folderId: await requireFolder(unit, userId, to), onConflict }
}

/** Makes room at a seat. */
export async function clearSeat(
  deps: ManageDeps,
  unit: UnitOfWork,
  { userId, seat, to }: { userId: string; seat: Seat; to: Pick<Target, 'path'> },
): Promise<Done> {
  if (seat.replaced === null) return {}
  const { name, replaced: entry } = seat
  return await discard(deps, unit, { userId, entry, parent: to.path, name })
}

/** Resolves with its id in the trash; without one where it is deleted for ever. */
async function discard(
  { clock, keepsTrash }: ManageDeps,
  unit: UnitOfWork,
  { entry, ...from }: { userId: string; entry: Entry; parent: FolderPath; name: FileName },
): Promise<Done> {
  const state = keepsTrash ? 'kept' : 'purging'
  const id = await discardRow(unit, entry, { ...from, at: clock.now(), state })
  return keepsTrash ? { trash_id: id } : {}
}

/** What follows the commit. */
export async function settle(
  { changes, keepsTrash, purge }: ManageDeps,
  userId: string,
): Promise<void> {
  await changes.tell(userId)
  if (!keepsTrash) await purge.run()
}
