import { randomBytes } from 'node:crypto'
import { type Insertable, type Selectable, sql, type Transaction } from 'kysely'
import type { FolderPath } from '#contract/folder-path.ts'
import type { WriteAlongside } from '#server/core/unit-of-work.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'
import { type Database, unitOf } from '#server/storage/database.ts'
import { dialectOf, hold, treeOf } from '#server/storage/dialect.ts'
import { isBlobListed } from '#server/storage/listed-blob.ts'
import {
  type NumberValue,
  prepareRead,
  readSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'
import type { FileTable, Tables } from '#server/storage/tables.ts'
import { prepareCovers } from './folder-covers.ts'
import { ensureFolder, type FolderPlace, prepareFolderWalk } from './folder-repository.ts'
import { type PageRange, preparePage, type Sorting } from './listing-pages.ts'

export type FileRepository = ReturnType<typeof createFileRepository>

/** The only SQL about files. */
export function createFileRepository(database: Database) {
  const walk = prepareFolderWalk(database)
  const readPage = preparePage(database)
  const readCovers = prepareCovers(database)
  const readNamed = prepareReadNamed(database)
  const readTaken = prepareReadTaken(database)
  const readShared = prepareReadShared(database)

  return {
    /** Files that were requested by one of `names`, or got it, in the order of their upload. */
    async named(place: FolderPlace, names: string[]): Promise<NamedFile[]> {
      const { userId, folder } = place
      return await readSnapshot(database, function* (read) {
        const folderId = yield* walk.find(read, place)
        if (folderId === null) return []
        const rows = yield* read(readNamed, userId, folderId, JSON.stringify(names))
        // Not by the query: for their order it would walk over the folder by time.
        rows.sort(
          (one, other) => one.uploaded_at - other.uploaded_at || (one.id < other.id ? -1 : 1),
        )
        return rows.map((row) => ({
          ...toStoredFile(row, folder),
          ...{ blobId: row.blob_id, requestedName: row.requested_name },
        }))
      })
    },

    hasBlob: (blobId: string) => isBlobListed(database, blobId),

    /** For all copies that share the blob, in the place of whatever was noted before. */
    async noteCrc(blobId: string, crc32: number): Promise<void> {
      await database.updateTable('file').set({ crc32 }).where('blob_id', '=', blobId).execute()
    },

    /** How large pictures are, by the ids of their blobs; for all copies that share one. */
    noteSizes: (sizes: PictureSizes): Promise<void> =>
      database.transaction().execute((transaction) => noteSizes(transaction, sizes)),

    /** Which of `names` are taken. */
    async takenNames(place: FolderPlace, names: string[]): Promise<Set<string>> {
      return await readSnapshot(database, function* (read) {
        const folderId = yield* walk.find(read, place)
        if (folderId === null) return new Set<string>()
        const rows = yield* read(readTaken, place.userId, folderId, JSON.stringify(names))
        return new Set(rows.map((row) => row.name))
      })
    },

    /**
     * Lists files, with the folders that makes and what `alongside` writes, all or
     * nothing. `madeFolders` is whether the tree has changed. @throws an error that `isNameTaken`
     * knows when a name is taken, SameFileListed, and ApiFailure as `ensureFolder`
     */
    insert: (
      rows: NewRow[],
      alongside: WriteAlongside,
      rootId?: number,
    ): Promise<{ madeFolders: boolean }> =>
      database
        .transaction()
        .execute((transaction) => insertFiles(transaction, { rows, rootId }, alongside)),

    /** The file that a share link opens; null for what is in the trash, and for a banned account. */
    async findShared(trackingId: string) {
      return await readSnapshot(database, function* (read) {
        const [row] = yield* read(readShared, trackingId)
        const folder = row ? yield* walk.pathOf(read, row.folder_id) : null
        if (!row || folder === null) return null
        const isRenamed = row.is_renamed === 1
        return { ...toStoredFile(row, folder), blobId: row.blob_id, isRenamed }
      })
    },

    /**
     * `limit` files from `offset` on, in the order of a listing, and how many the folder has; null
     * where there is no such folder; `withCovers` reads what stands for its subfolders. In one snapshot: a file added between the two reads would shift
     * the page.
     */
    page(place: FolderPlace, asked: PageRange & Sorting, withCovers = false) {
      return readSnapshot(database, function* (read) {
        const folderId = yield* walk.find(read, place)
        if (folderId === null) return null
        const covers = withCovers ? yield* readCovers(read, place.userId, folderId) : []
        const page = yield* readPage(read, { userId: place.userId, folderId }, asked)
        return { folderId, covers, ...page }
      })
    },
  }
}

type PictureSizes = ReadonlyMap<string, { width: number; height: number }>

async function noteSizes(transaction: Transaction<Tables>, sizes: PictureSizes): Promise<void> {
  for (const [blobId, size] of sizes) {
    await transaction
      .updateTable('file')
      .set(size)
      .where('blob_id', '=', blobId)
      .where('width', 'is', null)
      .execute()
  }
}

function prepareReadShared(database: Database) {
  return prepareRead(database, (trackingId: TextValue) =>
    database
      .selectFrom('file')
      .innerJoin('user', 'user.id', 'file.user_id')
      .selectAll('file')
      .where('tracking_id', '=', trackingId)
      .where((or) => or.or([or('user.banned', 'is', null), or('user.banned', '!=', 1)])),
  )
}

function prepareReadTaken(database: Database) {
  const { elementsOf } = dialectOf(database)
  return prepareRead(database, (userId: TextValue, folderId: NumberValue, namesJson: TextValue) =>
    database
      .selectFrom('file')
      .select('name')
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
      .where('name', 'in', elementsOf(namesJson)),
  )
}

function prepareReadNamed(database: Database) {
  const { elementsOf } = dialectOf(database)
  return prepareRead(database, (userId: TextValue, folderId: NumberValue, namesJson: TextValue) => {
    const ofFolder = database
      .selectFrom('file')
      .selectAll()
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
    // Two searches: for "or", SQLite would walk over the whole folder.
    return ofFolder
      .where('requested_name', 'in', elementsOf(namesJson))
      .union(ofFolder.where('name', 'in', elementsOf(namesJson)))
  })
}

/** Of one statement: its parameters are counted. */
const rowsAtOnce = 50

/** A file's row before its folder has an id. */
export type NewRow = Omit<Insertable<FileTable>, 'folder_id'> & { folder: FolderPath }

async function insertFiles(
  transaction: Transaction<Tables>,
  { rows, rootId }: { rows: NewRow[]; rootId?: number | undefined },
  alongside: WriteAlongside,
): Promise<{ madeFolders: boolean }> {
  let madeFolders = false
  const userId = rows[0]?.user_id ?? ''
  // A folder that is found now stays one until the rows are in it.
  await hold(transaction, treeOf(userId), 'shared')
  for (const [path, inFolder] of Map.groupBy(rows, ({ folder }) => folder)) {
    const { id, isNew } = await ensureFolder(transaction, { userId, folder: path, rootId })
    madeFolders ||= isNew
    if (dialectOf(transaction).hold !== null) await refuseSame(transaction, id, inFolder)
    for (let first = 0; first < inFolder.length; first += rowsAtOnce) {
      const some = inFolder.slice(first, first + rowsAtOnce)
      const values = some.map(({ folder: _, ...row }) => ({ ...row, folder_id: id }))
      await transaction.insertInto('file').values(values).execute()
    }
  }
  await alongside(unitOf(transaction))
  return { madeFolders }
}

/** The same file came to another server at the same time. */
export class SameFileListed extends Error {
  override name = 'SameFileListed'
}

/** So many locks at most are held for one user: a batch may go into a thousand folders. */
const locksOfUser = 16

/** What no lock in a process keeps apart. @throws SameFileListed where one of `rows` is in the folder already */
async function refuseSame(
  transaction: Transaction<Tables>,
  folderId: number,
  rows: NewRow[],
): Promise<void> {
  const userId = rows[0]?.user_id ?? ''
  await hold(transaction, `files ${folderId % locksOfUser} of ${userId}`)
  const { elementsOf } = dialectOf(transaction)
  const names = elementsOf(sql`${JSON.stringify(rows.map((row) => row.requested_name))}`)
  const known = await transaction
    .selectFrom('file')
    .select(['name', 'requested_name', 'sha256'])
    .where('user_id', '=', userId)
    .where('folder_id', '=', folderId)
    .where(({ or, eb }) => or([eb('requested_name', 'in', names), eb('name', 'in', names)]))
    .execute()
  const isSame = ({ requested_name, sha256 }: NewRow) =>
    known.some(
      (one) =>
        one.sha256 === sha256 &&
        (one.requested_name === requested_name || one.name === requested_name),
    )
  if (known.length > 0 && rows.some(isSame)) throw new SameFileListed()
}

function toStoredFile(row: Selectable<FileTable>, folder: FolderPath): StoredFile {
  return {
    id: row.id,
    trackingId: row.tracking_id,
    name: row.name,
    folder,
    size: row.size,
    sha256: row.sha256,
    crc32: row.crc32,
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
  /** Null where nobody knows it yet. */
  crc32: number | null
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
