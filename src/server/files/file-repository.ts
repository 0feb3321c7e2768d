import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { FolderPath } from '#contract/folder-path.ts'
import type { WriteAlongside } from '#server/core/unit-of-work.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'
import { type Database, unitOf } from '#server/storage/sqlite/database.ts'
import { oneOf } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { FileTable, Tables } from '#server/storage/sqlite/tables.ts'
import { insertFolders } from './folder-repository.ts'

type FolderOfUser = { userId: string; folder: FolderPath }

type PageOfFolder = { offset: number; limit: number; isCounted: boolean }

export type FileRepository = ReturnType<typeof createFileRepository>

/** The only SQL about files. */
export function createFileRepository(database: Database) {
  return {
    /** The file that the same request made before, by the requested name or the one it got; null without one. */
    async findSame(requested: {
      userId: string
      folder: FolderPath
      name: string
      sha256: string
    }): Promise<(StoredFile & KnownBlob) | null> {
      const row = await database
        .selectFrom('file')
        .selectAll()
        .where('user_id', '=', requested.userId)
        .where('folder', '=', requested.folder)
        .where((or) =>
          or.or([or('requested_name', '=', requested.name), or('name', '=', requested.name)]),
        )
        .where('sha256', '=', requested.sha256)
        .orderBy('uploaded_at')
        .executeTakeFirst()
      return row ? { ...toStoredFile(row), blobId: row.blob_id } : null
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
      const rows = await database
        .selectFrom('file')
        .select('name')
        .where('user_id', '=', userId)
        .where('folder', '=', folder)
        .where('name', 'in', oneOf(names))
        .execute()
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
      const row = await database
        .selectFrom('file')
        .innerJoin('user', 'user.id', 'file.user_id')
        .selectAll('file')
        .where('tracking_id', '=', trackingId)
        .where((or) => or.or([or('user.banned', 'is', null), or('user.banned', '!=', 1)]))
        .executeTakeFirst()
      return row ? { ...toStoredFile(row), blobId: row.blob_id } : null
    },

    /** `limit` files from `offset` on, in the order of a listing; with `isCounted`, how many the folder has. */
    async page(folder: FolderOfUser, from: PageOfFolder) {
      const rows = await selectPage(database, folder, from)
      const files = rows.map(toStoredFile)
      if (!from.isCounted) return { files }
      return { files, total: rows[0]?.total ?? (await countFiles(database, folder)) }
    },
  }
}

/**
 * Starts at the last checkpoint (`listing_mark`) before the offset. One statement: a file added between
 * two of them would shift the page.
 */
function selectPage(
  database: Database,
  { userId, folder }: FolderOfUser,
  { offset, limit, isCounted }: PageOfFolder,
): Promise<(FileTable & { total?: number })[]> {
  return database
    .with('counted', (build) =>
      build
        .selectFrom('listing_mark')
        .select(['folded_name', 'id', 'files'])
        .select(sql<number>`sum(files) over (order by folded_name, id) - files`.as('before'))
        .where('user_id', '=', userId)
        .where('folder', '=', folder),
    )
    .with(
      (mark) => mark('mark').materialized(),
      (build) =>
        build
          .selectFrom('counted')
          .selectAll()
          .where('before', '<=', offset)
          .orderBy('before', 'desc')
          .limit(1),
    )
    .selectFrom('file')
    .selectAll()
    .$if(isCounted, (query) =>
      query.select(sql<number>`(select sum(files) from counted)`.as('total')),
    )
    .where('user_id', '=', userId)
    .where('folder', '=', folder)
    .where(sql<boolean>`(folded_name, id) >= (select folded_name, id from mark)`)
    .orderBy('folded_name')
    .orderBy('id')
    .limit(limit)
    .offset(sql<number>`${offset} - coalesce((select before from mark), 0)`)
    .execute()
}

/** For a page that has no row to tell it. */
async function countFiles(database: Database, { userId, folder }: FolderOfUser): Promise<number> {
  const row = await database
    .selectFrom('listing_mark')
    .select((count) => count.fn.sum<number | null>('files').as('total'))
    .where('user_id', '=', userId)
    .where('folder', '=', folder)
    .executeTakeFirst()
  return row?.total ?? 0
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
