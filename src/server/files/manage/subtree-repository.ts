import { sql, type Transaction } from 'kysely'
import { insertFolder, rootFolderId } from '#server/files/folder-repository.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, hold, treeOf } from '#server/storage/dialect.ts'
import { type NumberValue, prepareRead, type TextValue } from '#server/storage/prepare-read.ts'
import type { Tables } from '#server/storage/tables.ts'
import { createGiveWay } from './give-way.ts'
import { copyOf, type FileRow } from './item-repository.ts'
import type { TrashRow } from './trash-repository.ts'

/** Files of one step: a few milliseconds, so that others have their turn. */
const filesAtOnce = 100
const sizesAtOnce = 2_000
const foldersAtOnce = 200
/** Of one statement: its parameters are counted, and others wait for it. */
const rowsAtOnce = 20

export type SubtreeRepository = ReturnType<typeof createSubtreeRepository>

/** A folder with its owner, who is part of the indexes. */
export type FolderOf = { userId: string; folderId: number }

/** The only SQL that walks over all that is below a folder: a step at a time, each a transaction. */
export function createSubtreeRepository(database: Database) {
  const { readSizes, readFolders } = prepareReads(database)
  const { elementsOf } = dialectOf(database)

  return {
    /** Some files of a folder by name, after the name `after`. */
    async files({ userId, folderId }: FolderOf, after: string): Promise<FileRow[]> {
      return await database
        .selectFrom('file')
        .selectAll()
        .where('user_id', '=', userId)
        .where('folder_id', '=', folderId)
        .where('name', '>', after)
        .orderBy('name')
        .limit(filesAtOnce)
        .execute()
    },

    /** Bytes of some files after the name `after`, and the name of the last; null at the end. */
    async sizes(
      { userId, folderId }: FolderOf,
      after: string,
    ): Promise<{ bytes: number; last: string | null }> {
      const rows = await readSizes.read(userId, folderId, after)
      const bytes = rows.reduce((sum, { size }) => sum + size, 0)
      return { bytes, last: rows.length < sizesAtOnce ? null : (rows.at(-1)?.name ?? null) }
    },

    /** Some subfolders by name, after the name `after`. */
    folders: ({ userId, folderId }: FolderOf, after: string) =>
      readFolders.read(userId, folderId, after),

    /** Makes folders of these names in one that nobody sees; resolves with their ids in order. */
    async makeFolders(userId: string, parentId: number, names: string[]): Promise<number[]> {
      return await database.transaction().execute(async (transaction) => {
        const ids: number[] = []
        for (const name of names)
          ids.push(await insertFolder(transaction, { userId, parentId, name }))
        return ids
      })
    },

    /** Lists copies of those of `files` that are still there, in a folder that nobody sees. `now` in epoch ms. */
    async copyFiles(files: FileRow[], folderId: number, now: number): Promise<void> {
      await database.transaction().execute(async (transaction) => {
        // Whoever deletes them for ever comes before or after: then he sees the copies of their bytes.
        await hold(transaction, treeOf(files[0]?.user_id ?? ''), 'shared')
        // Deleted for ever meanwhile: then their bytes may be gone.
        const known = await transaction
          .selectFrom('file')
          .select(['id', 'crc32'])
          .where('id', 'in', elementsOf(sql`${JSON.stringify(files.map(({ id }) => id))}`))
          .execute()
        const there = new Map(known.map(({ id, crc32 }) => [id, crc32]))
        const rows = files.flatMap((file) => {
          // As it is now: all that share a blob have the same.
          const crc32 = there.get(file.id)
          return crc32 === undefined ? [] : [copyOf({ ...file, crc32 }, { folderId, now })]
        })
        const giveWay = createGiveWay()
        for (let first = 0; first < rows.length; first += rowsAtOnce) {
          await transaction
            .insertInto('file')
            .values(rows.slice(first, first + rowsAtOnce))
            .execute()
          await giveWay()
        }
      })
    },

    ...createPurgeSteps(database),
  }
}

function prepareReads(database: Database) {
  const readSizes = prepareRead(
    database,
    (userId: TextValue, folderId: NumberValue, after: TextValue) =>
      database
        .selectFrom('file')
        .select(['name', 'size'])
        .where('user_id', '=', userId)
        .where('folder_id', '=', folderId)
        .where('name', '>', after)
        .orderBy('name')
        .limit(sizesAtOnce),
  )
  const readFolders = prepareRead(
    database,
    (userId: TextValue, parentId: NumberValue, after: TextValue) =>
      database
        .selectFrom('folder')
        .select(['id', 'name'])
        .where('user_id', '=', userId)
        .where('parent_id', '=', parentId)
        .where('name', '>', after)
        .orderBy('name')
        .limit(foldersAtOnce),
  )
  return { readSizes, readFolders }
}

function createPurgeSteps(database: Database) {
  const { elementsOf } = dialectOf(database)
  return {
    /**
     * Deletes some rows of what was condemned, the innermost first. Resolves with the ids of the blobs
     * that no row knows any more, which are doomed now, and with whether that was all.
     */
    async purge(condemned: TrashRow): Promise<{ blobIds: string[]; isDone: boolean }> {
      return await database.transaction().execute(async (transaction) => {
        await hold(transaction, treeOf(condemned.user_id))
        const { isDone, blobs } =
          condemned.folder_id === null
            ? await purgeFile(transaction, condemned.file_id ?? '')
            : await purgeBelow(transaction, condemned.user_id, condemned.folder_id)
        if (isDone) await transaction.deleteFrom('trash').where('id', '=', condemned.id).execute()
        return { blobIds: await doom(transaction, blobs), isDone }
      })
    },

    /** Blobs whose bytes are still to be removed. */
    async doomed(): Promise<string[]> {
      const rows = await database.selectFrom('doomed_blob').select('blob_id').limit(1_000).execute()
      return rows.map(({ blob_id }) => blob_id)
    },

    /** After their bytes are gone. */
    async forgetDoomed(blobIds: string[]): Promise<void> {
      if (blobIds.length === 0) return
      await database
        .deleteFrom('doomed_blob')
        .where('blob_id', 'in', elementsOf(sql<string>`${JSON.stringify(blobIds)}`))
        .execute()
    },
  }
}

async function purgeFile(transaction: Transaction<Tables>, fileId: string): Promise<PurgedRows> {
  const files = transaction.selectFrom('file').select('blob_id').where('id', '=', fileId)
  const blobs = (await files.execute()).map(({ blob_id }) => blob_id)
  await transaction.deleteFrom('file').where('id', '=', fileId).execute()
  return { blobs, isDone: true }
}

type PurgedRows = { blobs: string[]; isDone: boolean }

/** Goes down to the first folder without another in it, empties and deletes it, and begins again. */
async function purgeBelow(
  transaction: Transaction<Tables>,
  userId: string,
  top: number,
): Promise<PurgedRows> {
  const blobs: string[] = []
  for (let steps = 0; steps < foldersAtOnce; steps += 1) {
    const folderId = await innermost(transaction, userId, top)
    const files = await transaction
      .selectFrom('file')
      .select(['id', 'blob_id'])
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
      .limit(filesAtOnce - blobs.length)
      .execute()
    if (files.length > 0) {
      const ids = JSON.stringify(files.map(({ id }) => id))
      await transaction
        .deleteFrom('file')
        .where('id', 'in', dialectOf(transaction).elementsOf(sql`${ids}`))
        .execute()
      blobs.push(...files.map(({ blob_id }) => blob_id))
    }
    if (blobs.length >= filesAtOnce) return { blobs, isDone: false }
    await transaction
      .deleteFrom('listing_mark')
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
      .execute()
    await transaction.deleteFrom('folder').where('id', '=', folderId).execute()
    if (folderId === top) return { blobs, isDone: true }
  }
  return { blobs, isDone: false }
}

async function innermost(
  transaction: Transaction<Tables>,
  userId: string,
  top: number,
): Promise<number> {
  if (top === rootFolderId) throw new Error('The root is no folder to delete.')
  for (let folderId = top; ; ) {
    const child = await transaction
      .selectFrom('folder')
      .select('id')
      .where('user_id', '=', userId)
      .where('parent_id', '=', folderId)
      .limit(1)
      .executeTakeFirst()
    if (child === undefined) return folderId
    folderId = child.id
  }
}

/** Those of `blobs` that no row knows any more: their bytes are to be removed. */
async function doom(transaction: Transaction<Tables>, blobs: string[]): Promise<string[]> {
  const gone: string[] = []
  for (const blobId of new Set(blobs)) {
    const other = await transaction
      .selectFrom('file')
      .select('id')
      .where('blob_id', '=', blobId)
      .executeTakeFirst()
    if (other === undefined) gone.push(blobId)
  }
  for (let first = 0; first < gone.length; first += rowsAtOnce) {
    await transaction
      .insertInto('doomed_blob')
      .values(gone.slice(first, first + rowsAtOnce).map((blob_id) => ({ blob_id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  return gone
}
