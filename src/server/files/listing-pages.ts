import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { FileSort } from '#contract/files.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, type SnapshotRead } from '#server/storage/dialect.ts'
import { prepareTuples, type ReadInSnapshot } from '#server/storage/prepare-read.ts'
import type { Tables } from '#server/storage/tables.ts'

/** `desc` is the whole order of `asc` from its end, also of what is alike. */
export type Sorting = { sort: FileSort; order: 'asc' | 'desc' }
export type PageRange = { offset: number; limit: number }

/** What a listing tells of a file; `uploadedAt` is epoch milliseconds. */
export type ListedRow = [
  name: string,
  size: number,
  trackingId: string,
  uploadedAt: number,
  width: number | null,
  height: number | null,
]

/** A checkpoint (`listing_mark`): `files` are from it on, up to the next. */
type Mark = [value: number, foldedName: string, id: string, files: number]

/** As `listing_mark` calls the orders. */
const sortNumbers = { name: 0, size: 1, uploaded_at: 2 } as const satisfies Record<FileSort, number>

/** Reads pages of a folder's files in any order, as cheap at any depth. */
export function preparePage(database: Database) {
  const readMarks = prepareMarks(database)
  const readFiles = {
    name: prepareFilesByName(database),
    size: prepareFilesBy(database, 'size'),
    uploaded_at: prepareFilesBy(database, 'uploaded_at'),
  }

  return function* (
    read: ReadInSnapshot,
    { userId, folderId }: { userId: string; folderId: number },
    { offset, limit, sort, order }: PageRange & Sorting,
  ): Generator<SnapshotRead, { rows: ListedRow[]; total: number }, unknown[]> {
    const byName = yield* read(readMarks, userId, folderId, sortNumbers.name)
    const total = countFiles(byName)
    const end = Math.max(0, total - offset)
    const first = order === 'asc' ? offset : Math.max(0, end - limit)
    const wanted = order === 'asc' ? limit : Math.min(limit, end)
    const marks =
      sort === 'name' ? byName : yield* read(readMarks, userId, folderId, sortNumbers[sort])
    const { value, foldedName, id, before } = findMark(marks, first)
    const place = [foldedName, id, wanted, first - before] as const
    const rows =
      sort === 'name'
        ? yield* read(readFiles.name, userId, folderId, ...place)
        : yield* read(readFiles[sort], userId, folderId, value, ...place)
    return { rows: order === 'asc' ? rows : rows.reverse(), total }
  }
}

function prepareMarks(database: Database) {
  return prepareTuples<[string, number, number], Mark>(database, (userId, folderId, sort) =>
    database
      .selectFrom('listing_mark')
      .select(['value', 'folded_name', 'id', 'files'])
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
      .where('sort', '=', sort)
      .orderBy('value')
      .orderBy('folded_name')
      .orderBy('id'),
  )
}

function countFiles(marks: readonly Mark[]): number {
  return marks.reduce((total, [, , , files]) => total + files, 0)
}

/** The last checkpoint before an offset, and how many files come before it: the start where there are none. */
function findMark(marks: readonly Mark[], offset: number) {
  let found = { value: 0, foldedName: '', id: '', before: 0 }
  let counted = 0
  for (const [value, foldedName, id, files] of marks) {
    if (counted > offset) break
    found = { value, foldedName, id, before: counted }
    counted += files
  }
  return found
}

/** From a checkpoint on. */
function prepareFilesByName(database: Database) {
  return prepareTuples<[string, number, string, string, number, number], ListedRow>(
    database,
    (userId, folderId, foldedName, id, limit, offset) =>
      skipping(database, {
        files: filesOf(database).where('user_id', '=', userId).where('folder_id', '=', folderId),
        ...{ order: ['folded_name', 'id'], from: sql`(${foldedName}, ${id})`, limit, offset },
      }),
  )
}

function prepareFilesBy(database: Database, column: 'size' | 'uploaded_at') {
  return prepareTuples<[string, number, number, string, string, number, number], ListedRow>(
    database,
    (userId, folderId, value, foldedName, id, limit, offset) =>
      skipping(database, {
        files: filesOf(database).where('user_id', '=', userId).where('folder_id', '=', folderId),
        order: [column, 'folded_name', 'id'],
        from: sql`(${value}, ${foldedName}, ${id})`,
        ...{ limit, offset },
      }),
  )
}

type Skipping = {
  files: SelectQueryBuilder<Tables, 'file', object>
  order: ('folded_name' | 'id' | 'size' | 'uploaded_at')[]
  /** Values of what is in `order`. */
  from: RawBuilder<unknown>
  limit: RawBuilder<number>
  offset: RawBuilder<number>
}

/** Some files in an order, from a place on, after `offset` that are skipped. */
function skipping(database: Database, { files, order, from, limit, offset }: Skipping) {
  const columns = sql`(${sql.join(order.map((column) => sql.ref(column)))})`
  const after = (place: RawBuilder<unknown>) =>
    order.reduce(
      (query, column) => query.orderBy(column),
      files.where(sql<boolean>`${columns} >= ${place}`),
    )
  if (!dialectOf(database).readsWhatItSkips) return after(from).limit(limit).offset(offset)
  const first = after(from).clearSelect().select(order).limit(1).offset(offset)
  return after(sql`${first}`).limit(limit)
}

function filesOf(database: Database) {
  return database
    .selectFrom('file')
    .select(['name', 'size', 'tracking_id', 'uploaded_at', 'width', 'height'])
}
