import { randomUUID } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { type FileName, utf8Length } from '#contract/file-name.ts'
import { type FolderPath, folderSegments } from '#contract/folder-path.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { createTrackingId } from '#server/files/file-repository.ts'
import {
  ensureFolder,
  type MadeFolder,
  nameColumns,
  rootFolderId,
} from '#server/files/folder-repository.ts'
import { transactionOf } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import type { FileTable } from '#server/storage/tables.ts'
import type { Item } from './item.ts'

export type FileRow = Selectable<FileTable>

/** An item that is there. */
export type Entry = { kind: 'file'; file: FileRow } | { kind: 'folder'; folderId: number }

/** Where in the tree an item is to be. */
export type Spot = { userId: string; folderId: number; name: FileName }

/** How far a folder reaches below itself: levels, and the most bytes that a path below it adds. */
export type Reach = { levels: number; bytes: number }

// The only SQL that moves, renames and copies files and folders. All of it within a unit of work.

/** The id of the folder at `path`; null where it is not there. */
export async function folderAt(
  unit: UnitOfWork,
  userId: string,
  path: FolderPath,
): Promise<number | null> {
  let id: number = rootFolderId
  for (const name of folderSegments(path)) {
    const row = await folderNamed(unit, { userId, folderId: id, name })
    if (row === undefined) return null
    id = row.id
  }
  return id
}

/** The folder at `path`, made where it is not there. */
export function makeFolder(
  unit: UnitOfWork,
  userId: string,
  path: FolderPath,
): Promise<MadeFolder> {
  return ensureFolder(transactionOf(unit), { userId, folder: path })
}

/** What has that name there; null where nothing of the kind has. */
export async function findEntry(
  unit: UnitOfWork,
  kind: Item['kind'],
  spot: Spot,
): Promise<Entry | null> {
  if (kind === 'folder') {
    const row = await folderNamed(unit, spot)
    return row ? { kind, folderId: row.id } : null
  }
  const file = await transactionOf(unit)
    .selectFrom('file')
    .selectAll()
    .where('user_id', '=', spot.userId)
    .where('folder_id', '=', spot.folderId)
    .where('name', '=', spot.name)
    .executeTakeFirst()
  return file ? { kind, file } : null
}

function folderNamed(
  unit: UnitOfWork,
  { userId, folderId, name }: { userId: string; folderId: number; name: string },
) {
  return transactionOf(unit)
    .selectFrom('folder')
    .select('id')
    .where('user_id', '=', userId)
    .where('parent_id', '=', folderId)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** A file wherever it is; null where it is gone. */
export async function fileById(unit: UnitOfWork, id: string): Promise<FileRow | null> {
  const files = transactionOf(unit).selectFrom('file').selectAll()
  return (await files.where('id', '=', id).executeTakeFirst()) ?? null
}

/** Those of `ids` that are a person's, wherever they are. */
export async function filesById(
  unit: UnitOfWork,
  userId: string,
  ids: readonly string[],
): Promise<FileRow[]> {
  const transaction = transactionOf(unit)
  return await transaction
    .selectFrom('file')
    .selectAll()
    .where('user_id', '=', userId)
    .where('id', 'in', dialectOf(transaction).elementsOf(sql`${JSON.stringify(ids)}`))
    .execute()
}

/** Which of `names` are taken by others of the kind. */
export async function takenNames(
  unit: UnitOfWork,
  kind: Item['kind'],
  { userId, folderId, names }: Omit<Spot, 'name'> & { names: string[] },
): Promise<Set<string>> {
  const transaction = transactionOf(unit)
  const wanted = dialectOf(transaction).elementsOf(sql<string>`${JSON.stringify(names)}`)
  const files = transaction.selectFrom('file').where('folder_id', '=', folderId)
  const folders = transaction.selectFrom('folder').where('parent_id', '=', folderId)
  const rows =
    kind === 'file'
      ? await files
          .select('name')
          .where('user_id', '=', userId)
          .where('name', 'in', wanted)
          .execute()
      : await folders
          .select('name')
          .where('user_id', '=', userId)
          .where('name', 'in', wanted)
          .execute()
  return new Set(rows.map(({ name }) => name))
}

/** The names of up to `limit` files from `offset` on, in the order of the listing. */
export async function fileNames(
  unit: UnitOfWork,
  { userId, folderId }: Omit<Spot, 'name'>,
  { offset, limit }: { offset: number; limit: number },
): Promise<FileName[]> {
  const rows = await transactionOf(unit)
    .selectFrom('file')
    .select('name')
    .where('user_id', '=', userId)
    .where('folder_id', '=', folderId)
    .orderBy('folded_name')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute()
  return rows.map(({ name }) => name as FileName)
}

/** Puts an item at a spot that is free. */
export async function placeEntry(
  unit: UnitOfWork,
  entry: Entry,
  { folderId, name }: Spot,
): Promise<void> {
  const transaction = transactionOf(unit)
  if (entry.kind === 'folder') {
    await transaction
      .updateTable('folder')
      .set({ parent_id: folderId, name, ...nameColumns(name) })
      .where('id', '=', entry.folderId)
      .execute()
    return
  }
  const { file } = entry
  // The name that was requested says which upload comes again: not for a file called otherwise.
  const renamed = { name, requested_name: name, ...nameColumns(name), is_renamed: 1 }
  await transaction
    .updateTable('file')
    .set({ folder_id: folderId, ...(file.name !== name && renamed) })
    .where('id', '=', file.id)
    .execute()
}

/** Lists a copy of `file`, which shares its bytes. `now` in epoch milliseconds. */
export async function copyFile(
  unit: UnitOfWork,
  file: FileRow,
  { folderId, name }: Spot,
  now: number,
): Promise<void> {
  const transaction = transactionOf(unit)
  const row = { ...copyOf(file, { folderId, now }), name, requested_name: name }
  await transaction
    .insertInto('file')
    .values({ ...row, ...nameColumns(name) })
    .execute()
}

/** The row of a copy under the same name. */
export function copyOf(
  file: FileRow,
  { folderId, now }: { folderId: number; now: number },
): FileRow {
  return {
    ...file,
    ...{ id: randomUUID(), tracking_id: createTrackingId(), is_renamed: 0 },
    ...{ folder_id: folderId, requested_name: file.name, uploaded_at: now },
  }
}

/** How far a folder reaches; `giveWay` is called between the pieces of a large one. */
export async function reachOf(
  unit: UnitOfWork,
  folderId: number,
  giveWay: () => Promise<void>,
): Promise<Reach> {
  return (await readSmallReach(unit, folderId)) ?? (await readReach(unit, folderId, giveWay))
}

const smallTree = 2_000

/** In one statement; null where the tree is so large that it would hold others up. */
async function readSmallReach(unit: UnitOfWork, folderId: number): Promise<Reach | null> {
  const transaction = transactionOf(unit)
  const folders = transaction.selectFrom('folder').select('user_id')
  const { user_id } = await folders.where('id', '=', folderId).executeTakeFirstOrThrow()
  const { joinInOrder } = dialectOf(transaction)
  const { rows } = await sql<Reach & { folders: number }>`
    with recursive below (id, level, bytes) as (
      select cast(${folderId} as bigint), 0, 0
      union all
      select folder.id, level + 1, bytes + octet_length(folder.name) + 1
      from below ${joinInOrder} folder on folder.user_id = ${user_id} and folder.parent_id = below.id
    )
    select max(level) as levels, max(bytes) as bytes, count(*) as folders
    from (select level, bytes from below limit ${smallTree + 1}) as counted`.execute(transaction)
  const [reach] = rows
  if (reach === undefined || reach.folders > smallTree) return null
  return { levels: reach.levels, bytes: reach.bytes }
}

/** By reading all folders of its user, some at a time. */
async function readReach(
  unit: UnitOfWork,
  folderId: number,
  giveWay: () => Promise<void>,
): Promise<Reach> {
  const children = await readChildren(unit, folderId, giveWay)
  const reach: Reach = { levels: 0, bytes: 0 }
  let level: Child[] = [{ id: folderId, bytes: 0 }]
  for (let levels = 0; level.length > 0; levels += 1) {
    reach.levels = levels
    for (const { bytes } of level) reach.bytes = Math.max(reach.bytes, bytes)
    const next: Child[] = []
    for (const [index, { id, bytes }] of level.entries()) {
      for (const child of children.get(id) ?? []) {
        next.push({ id: child.id, bytes: bytes + child.bytes })
      }
      if (index % 1_000 === 0) await giveWay()
    }
    level = next
  }
  return reach
}

type Child = { id: number; bytes: number }

async function readChildren(
  unit: UnitOfWork,
  folderId: number,
  giveWay: () => Promise<void>,
): Promise<Map<number, Child[]>> {
  const transaction = transactionOf(unit)
  const { withoutIndex } = dialectOf(transaction)
  const children = new Map<number, Child[]>()
  const folders = transaction.selectFrom('folder').select('user_id')
  const { user_id } = await folders.where('id', '=', folderId).executeTakeFirstOrThrow()
  for (let last = 0; ; ) {
    const rows = await transaction
      .selectFrom('folder')
      .select(['id', 'parent_id', 'name'])
      .where('id', '>', last)
      // There they are in another order.
      .where(withoutIndex('user_id'), '=', user_id)
      .orderBy('id')
      .limit(smallTree)
      .execute()
    for (const { id, parent_id, name } of rows) {
      if (parent_id === null) continue
      const siblings = children.get(parent_id) ?? []
      children.set(parent_id, siblings)
      siblings.push({ id, bytes: utf8Length(name) + 1 })
    }
    last = rows.at(-1)?.id ?? 0
    await giveWay()
    if (rows.length < smallTree) return children
  }
}
