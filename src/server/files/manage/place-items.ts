import type { FileName } from '#contract/file-name.ts'
import { utf8Length } from '#contract/file-name.ts'
import {
  childFolder,
  type FolderPath,
  folderMaxBytes,
  folderMaxDepth,
  folderSegments,
} from '#contract/folder-path.ts'
import type { ConflictChoice } from '#contract/manage.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { createGiveWay } from './give-way.ts'
import { type Item, ItemRefusal, itemPath, nameTaken, notThere, numberedName } from './item.ts'
import {
  type Entry,
  findEntry,
  folderAt,
  reachOf,
  type Spot,
  takenNames,
} from './item-repository.ts'
import { freeName } from './run-items.ts'

/** Where items go; `folderId` is that of `path`. */
export type Target = { path: FolderPath; folderId: number; onConflict: ConflictChoice }

/** The name that an item gets at its target, and what is in its place and has to go for it. */
export type Seat = { name: FileName; replaced: Entry | null }

/** @throws ItemRefusal `not_found` */
export async function requireEntry(
  unit: UnitOfWork,
  userId: string,
  item: Item,
): Promise<{ entry: Entry; folderId: number }> {
  const folderId = await folderAt(unit, userId, item.folder)
  const entry =
    folderId === null
      ? null
      : await findEntry(unit, item.kind, { userId, folderId, name: item.name })
  if (folderId === null || entry === null) throw notThere(item)
  return { entry, folderId }
}

/** @throws ItemRefusal `invalid_request` where a folder would have to be in itself */
export function refuseLoop(item: Item, to: FolderPath): void {
  const path = itemPath(item)
  if (item.kind === 'file' || !to.startsWith(path)) return
  throw new ItemRefusal(
    'invalid_request',
    to === path
      ? `The folder ${path} cannot go into itself.`
      : `The folder ${path} cannot go into ${to}, which is in it.`,
  )
}

/** A folder and a file of one name are not in each other's way. @throws ItemRefusal `conflict` for `skip` */
export async function takeSeat(
  unit: UnitOfWork,
  { userId, item, to }: { userId: string; item: Item; to: Target },
): Promise<Seat> {
  const { kind, name } = item
  const spot: Spot = { userId, folderId: to.folderId, name }
  const existing = await findEntry(unit, kind, spot)
  if (existing === null) return { name, replaced: null }
  const there = { kind, folder: to.path, name }
  if (to.onConflict === 'skip') throw nameTaken(there, 'skipped')
  if (to.onConflict === 'replace') return { name, replaced: existing }
  const { folderId } = to
  const taken = (names: string[]) => takenNames(unit, kind, { userId, folderId, names })
  const free = await freeName(taken, name, (number) => numberedName(kind, name, number))
  return { name: free, replaced: null }
}

/**
 * Looks that a folder and all that is in it keep the limits at `to`. `from` is where it kept
 * them. @throws ItemRefusal `invalid_request`
 */
export async function requireRoom(
  unit: UnitOfWork,
  { entry, from, to }: { entry: Entry; from: string; to: string },
): Promise<void> {
  if (entry.kind === 'file') return
  const depth = depthOf(to)
  const bytes = utf8Length(to)
  const isNoFurther = depth <= depthOf(from) && bytes <= utf8Length(from)
  if (isNoFurther) return
  const reach = await reachOf(unit, entry.folderId, createGiveWay())
  if (depth + reach.levels > folderMaxDepth) {
    throw new ItemRefusal(
      'invalid_request',
      `In ${to} there would be folders more than ${folderMaxDepth} levels deep. Choose a place higher up.`,
    )
  }
  if (bytes + reach.bytes > folderMaxBytes) {
    throw new ItemRefusal(
      'invalid_request',
      `In ${to} there would be folder paths of more than ${folderMaxBytes} bytes. Choose a place higher up, or a shorter name.`,
    )
  }
}

function depthOf(folderPath: string): number {
  return folderSegments(folderPath as FolderPath).length
}

/** The whole path of an item called `name` in `folder`. */
export function pathIn(folder: FolderPath, kind: Item['kind'], name: FileName): string {
  return kind === 'folder' ? childFolder(folder, name) : folder + name
}
