import type { ItemsReply } from '#contract/manage.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { treeOf } from '#server/storage/dialect.ts'
import { type BuiltCopy, copyFolder } from './copy-folder.ts'
import { type Item, ItemRefusal, itemPath, parseItem } from './item.ts'
import { copyFile, type Entry, placeEntry } from './item-repository.ts'
import {
  clearSeat,
  type Keep,
  type ManageDeps,
  type Placing,
  settle,
  targetOf,
} from './manage-items.ts'
import {
  pathIn,
  refuseLoop,
  requireEntry,
  requireRoom,
  type Target,
  takeSeat,
} from './place-items.ts'
import { type Done, runItems } from './run-items.ts'
import type { SubtreeRepository } from './subtree-repository.ts'
import { condemn, forgetTrash } from './trash-repository.ts'

type CopyDeps = ManageDeps & { subtree: SubtreeRepository }

/** By the path of the folder; `of` is its id. */
type Built = Map<string, BuiltCopy & { of: number }>

/**
 * Copies share their bytes. Folders are copied where nobody sees them, and all copies appear at once.
 * @throws ApiFailure `not_found` where the folder they go to is not there
 */
export async function copyItems(
  deps: CopyDeps,
  placing: Placing,
  keep: Keep<ItemsReply>,
): Promise<ItemsReply> {
  const { userId, named } = placing
  if (named.files_of?.path === placing.to) {
    throw new ApiFailure(
      'invalid_request',
      'The files of a folder cannot be copied into it all at once: name them in items.',
    )
  }
  const built: Built = new Map()
  try {
    await buildCopies(deps, placing, built)
    const reply = await deps.run(async (unit) => {
      const to = await targetOf(unit, placing)
      const answer = await runItems(unit, { userId, named, stays: () => true }, (item) =>
        copyOne(deps, unit, { userId, item, to, built }),
      )
      await keep(unit, answer)
      return answer
    }, treeOf(userId))
    await settle(deps, userId)
    return reply
  } finally {
    await throwAway(deps, built).catch(() => {})
  }
}

type Copying = { userId: string; item: Item; to: Target; built: Built }

async function copyOne(
  deps: CopyDeps,
  unit: UnitOfWork,
  { userId, item, to, built }: Copying,
): Promise<Done> {
  const { entry, folderId } = await requireEntry(unit, userId, item)
  refuseLoop(item, to.path)
  if (isItself(folderId, to)) return { path: itemPath(item) }
  const seat = await takeSeat(unit, { userId, item, to })
  const path = pathIn(to.path, item.kind, seat.name)
  const spot = { userId, folderId: to.folderId, name: seat.name }
  if (entry.kind === 'file') {
    const cleared = await clearSeat(deps, unit, { userId, seat, to })
    await copyFile(unit, entry.file, spot, deps.clock.now())
    return { path, ...cleared }
  }
  await requireRoom(unit, { entry, from: itemPath(item), to: path })
  const copy = built.get(itemPath(item))
  if (copy?.of !== entry.folderId) {
    throw new ItemRefusal('conflict', `${itemPath(item)} was changed meanwhile. Try again.`)
  }
  const whole: Entry = { kind: 'folder', folderId: copy.folderId }
  // More may have come in while it was made.
  await requireRoom(unit, { entry: whole, from: itemPath(item), to: path })
  const cleared = await clearSeat(deps, unit, { userId, seat, to })
  await placeEntry(unit, whole, spot)
  await forgetTrash(unit, copy.trashId)
  return { path, ...cleared }
}

/** To replace it would put it into the trash, and its copy into its place. */
function isItself(folderId: number, to: Target): boolean {
  return folderId === to.folderId && to.onConflict === 'replace'
}

/** Copies the folders that are named, before anybody sees one of them. */
async function buildCopies(deps: CopyDeps, placing: Placing, built: Built): Promise<void> {
  const folders = (placing.named.items ?? [])
    .map((text) => parseItem(text))
    .flatMap((parsed) => (parsed.ok && parsed.value.kind === 'folder' ? [parsed.value] : []))
  const paths = folders.map(itemPath)
  for (const item of folders) {
    const path = itemPath(item)
    const isInside = paths.some((other) => other !== path && path.startsWith(other))
    if (isInside || built.has(path)) continue
    const folderId = await deps.run((unit) => folderToCopy(unit, placing, item))
    if (folderId === null) continue
    const from = { userId: placing.userId, folderId, name: item.name }
    await copyFolder(deps, from, (copy) => built.set(path, { ...copy, of: folderId }))
  }
}

/** Null where it will be refused: that is known before it is copied. */
async function folderToCopy(
  unit: UnitOfWork,
  placing: Placing,
  item: Item,
): Promise<number | null> {
  const { userId } = placing
  try {
    const { entry, folderId } = await requireEntry(unit, userId, item)
    const to = await targetOf(unit, placing)
    refuseLoop(item, to.path)
    if (isItself(folderId, to)) return null
    const { name } = await takeSeat(unit, { userId, item, to })
    await requireRoom(unit, { entry, from: itemPath(item), to: pathIn(to.path, item.kind, name) })
    return entry.kind === 'folder' ? entry.folderId : null
  } catch (error) {
    if (error instanceof ItemRefusal || error instanceof ApiFailure) return null
    throw error
  }
}

/** Copies that got no place. Those that have one are in the trash no more. */
async function throwAway({ run, purge }: CopyDeps, built: Built): Promise<void> {
  if (built.size === 0) return
  await run(async (unit) => {
    for (const { trashId } of built.values()) await condemn(unit, trashId)
  })
  await purge.run()
}
