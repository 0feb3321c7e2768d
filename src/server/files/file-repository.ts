import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { FolderPath } from '#contract/folder-path.ts'
import type { WriteAlongside } from '#server/core/unit-of-work.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'
import { type Database, unitOf } from '#server/storage/sqlite/database.ts'
import {
  prepareRead,
  prepareTuples,
  readSnapshot,
  type TextValue,
} from '#server/storage/sqlite/prepare-read.ts'
import { elementsOf } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { FileTable, Tables } from '#server/storage/sqlite/tables.ts'
import { insertFolders } from './folder-repository.ts'

type FolderOfUser = { userId: string; folder: FolderPath }

export type FileRepository = ReturnType<typeof createFileRepository>

/** The only SQL about files. */
export function createFileRepository(database: Database) {
  const readMarks = prepareReadMarks(database)
  const readPage = prepareReadPage(database)
  const readNamed = prepareReadNamed(database)
  const readTaken = prepareRead(
    database,
    (userId: TextValue, folder: TextValue, namesJson: TextValue) =>
      database
        .selectFrom('file')
        .select('name')
        .where('user_id', '=', userId)
        .where('folder', '=', folder)
        .where('name', 'in', elementsOf(namesJson)),
  )
  const readShared = prepareRead(database, (trackingId: TextValue) =>
    database
      .selectFrom('file')
      .innerJoin('user', 'user.id', 'file.user_id')
      .selectAll('file')
      .where('tracking_id', '=', trackingId)
      .where((or) => or.or([or('user.banned', 'is', null), or('user.banned', '!=', 1)])),
  )

  return {
    /** Files that were requested by one of `names`, or got it, in the order of their upload. */
    async named(userId: string, folder: FolderPath, names: string[]): Promise<NamedFile[]> {
      const rows = await readNamed.read(userId, folder, JSON.stringify(names))
      return rows.map((row) => ({
        ...{ ...toStoredFile(row), blobId: row.blob_id, requestedName: row.requested_name },
      }))
    },

    async hasBlob(blobId: string): Promise<boolean> {
      const row = await database
        .selectFrom('file')
        .select('id')
        .where('blob_id', '=', blobId)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Which of `names` are taken. */
    async takenNames(userId: string, folder: FolderPath, names: string[]): Promise<Set<string>> {
      const rows = await readTaken.read(userId, folder, JSON.stringify(names))
      return new Set(rows.map((row) => row.name))
    },

    /**
     * Lists files, with the folders that makes and what `alongside` writes, all or
     * nothing. `madeFolders` is whether the tree has changed. @throws an error that `isNameTaken`
     * knows when a name is taken
     */
    insert: (rows: FileTable[], alongside: WriteAlongside): Promise<{ madeFolders: boolean }> =>
      database.transaction().execute((transaction) => insertFiles(transaction, rows, alongside)),

    /** The file that a share link opens; null also for files of a banned account. */
    async findShared(trackingId: string) {
      const [row] = await readShared.read(trackingId)
      return row ? { ...toStoredFile(row), blobId: row.blob_id } : null
    },

    /**
     * `limit` files from `offset` on, in the order of a listing, and how many the folder has. In one
     * snapshot: a file added between the two reads would shift the page.
     */
    page({ userId, folder }: FolderOfUser, { offset, limit }: { offset: number; limit: number }) {
      return readSnapshot(database, (read) => {
        const marks = read(readMarks, userId, folder)
        const { foldedName, id, before, total } = findMark(marks, offset)
        const rows = read(readPage, userId, folder, foldedName, id, limit, offset - before)
        return { rows, total }
      })
    },
  }
}

function prepareReadNamed(database: Database) {
  return prepareRead(database, (userId: TextValue, folder: TextValue, namesJson: TextValue) => {
    const ofFolder = database
      .selectFrom('file')
      .selectAll()
      .where('user_id', '=', userId)
      .where('folder', '=', folder)
    // Two searches: for "or", SQLite would walk over the whole folder.
    return ofFolder
      .where('requested_name', 'in', elementsOf(namesJson))
      .union(ofFolder.where('name', 'in', elementsOf(namesJson)))
      .orderBy('uploaded_at')
  })
}

/** What a listing tells of a file; `uploadedAt` is epoch milliseconds. */
export type ListedRow = [name: string, size: number, trackingId: string, uploadedAt: number]

/** A checkpoint (`listing_mark`): `files` are from it on, up to the next. */
type Mark = [foldedName: string, id: string, files: number]

function prepareReadMarks(database: Database) {
  return prepareTuples<[string, string], Mark>(database, (userId, folder) =>
    database
      .selectFrom('listing_mark')
      .select(['folded_name', 'id', 'files'])
      .where('user_id', '=', userId)
      .where('folder', '=', folder)
      .orderBy('folded_name')
      .orderBy('id'),
  )
}

/** The last checkpoint before an offset, how many files come before it, and how many there are in all. */
function findMark(marks: readonly Mark[], offset: number) {
  let found = { foldedName: '', id: '', before: 0 }
  let total = 0
  for (const [foldedName, id, files] of marks) {
    if (total <= offset) found = { foldedName, id, before: total }
    total += files
  }
  return { ...found, total }
}

/** From a checkpoint on. */
function prepareReadPage(database: Database) {
  return prepareTuples<[string, string, string, string, number, number], ListedRow>(
    database,
    (userId, folder, foldedName, id, limit, offset) =>
      database
        .selectFrom('file')
        .select(['name', 'size', 'tracking_id', 'uploaded_at'])
        .where('user_id', '=', userId)
        .where('folder', '=', folder)
        .where(sql<boolean>`(folded_name, id) >= (${foldedName}, ${id})`)
        .orderBy('folded_name')
        .orderBy('id')
        .limit(limit)
        .offset(offset),
  )
}

/** Of one statement: its parameters are counted. */
const rowsAtOnce = 50

async function insertFiles(
  transaction: Transaction<Tables>,
  rows: FileTable[],
  alongside: WriteAlongside,
): Promise<{ madeFolders: boolean }> {
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const some = rows.slice(first, first + rowsAtOnce)
    await transaction.insertInto('file').values(some).execute()
  }
  let madeFolders = false
  for (const row of new Map(rows.map((one) => [one.folder, one])).values()) {
    madeFolders = (await insertFolders(transaction, row)) || madeFolders
  }
  await alongside(unitOf(transaction))
  return { madeFolders }
}

function toStoredFile(row: FileTable): StoredFile {
  return {
    id: row.id,
    trackingId: row.tracking_id,
    name: row.name,
    folder: row.folder as FolderPath,
    size: row.size,
    sha256: row.sha256,
    uploadedAt: new Date(row.uploaded_at),
  }
}

export type NamedFile = StoredFile & KnownBlob & { requestedName: string }

export type StoredFile = {
  id: string
  trackingId: string
  name: string
  folder: FolderPath
  /** Bytes. */
  size: number
  /** Hex. */
  sha256: string
  uploadedAt: Date
}

/** "A direct, streamable URL to the stored file." It ends in the file's name, for players and people. */
export function fileLink(publicUrl: string, file: Pick<StoredFile, 'trackingId' | 'name'>): string {
  return `${publicUrl}/share/${file.trackingId}/${encodeURIComponent(file.name)}`
}

/** The secret part of a share link: whoever has it may read the file, so 144 random bits. */
export function createTrackingId(): string {
  return randomBytes(18).toString('base64url')
}
