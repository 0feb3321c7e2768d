import { type Selectable, sql } from 'kysely'
import { childFolder, type FolderPath } from '#contract/folder-path.ts'
import { type FolderPlace, prepareFolderWalk } from '#server/files/folder-repository.ts'
import type { Item } from '#server/files/manage/item.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import {
  type NumberValue,
  prepareRead,
  readSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'
import type { ArchiveTable } from '#server/storage/tables.ts'

export type ArchiveRow = Selectable<ArchiveTable>

/** What is known of an archive once its list is whole. */
export type KnownArchive = Pick<
  ArchiveRow,
  'etag' | 'size' | 'files' | 'entries' | 'directory_at' | 'directory_size'
>

/** Where the entries of a page begin in the zip, and their records in its directory. */
export type PageHead = { place: number; startsAt: number; directoryAt: number }

/** A file as the walk over a selection meets it. */
export type FoundFile = {
  id: string
  name: string
  size: number
  blobId: string
  /** Epoch milliseconds. */
  uploadedAt: number
}

/** What a file is now; `crc32` null while nobody knows it. */
export type FileState = { blobId: string; crc32: number | null }

/** Items as they are found: a folder by its id, null what is not there. */
export type FoundItem = FoundFile | { folderId: number } | null

/** Where paths start. */
type Tree = Omit<FolderPlace, 'folder'>

const filesAtOnce = 1_000
const foldersAtOnce = 1_000

export type ArchiveRepository = ReturnType<typeof createArchiveRepository>

/** The only SQL about archives. */
export function createArchiveRepository(database: Database) {
  return { ...createLists(database), ...createSelection(database), ...createStates(database) }
}

/** What is in each archive. */
function createLists(database: Database) {
  const pages = () => database.selectFrom('archive_page')
  const archives = () => database.selectFrom('archive')
  const { elementsOf, orderOfArrival } = dialectOf(database)
  return {
    /** Nobody finds it before it is finished. */
    async begin(row: ArchiveRow): Promise<void> {
      await database.insertInto('archive').values(row).execute()
    },

    async addPage(token: string, head: PageHead, entries_json: string): Promise<void> {
      const { place, startsAt, directoryAt } = head
      const row = { token, place, starts_at: startsAt, directory_at: directoryAt, entries_json }
      await database.insertInto('archive_page').values(row).execute()
    },

    async finish(token: string, known: KnownArchive): Promise<void> {
      await database.updateTable('archive').set(known).where('token', '=', token).execute()
    },

    /** Null where there is none, or where it expired before `now`, in epoch milliseconds. */
    async find(token: string, now: number): Promise<ArchiveRow | null> {
      const row = await archives()
        .selectAll()
        .where('token', '=', token)
        .where('etag', '!=', '')
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row ?? null
    },

    async heads(token: string): Promise<PageHead[]> {
      const rows = await pages()
        .select(['place', 'starts_at', 'directory_at'])
        .where('token', '=', token)
        .orderBy('place')
        .execute()
      return rows.map(({ place, starts_at, directory_at }) => {
        return { place, startsAt: starts_at, directoryAt: directory_at }
      })
    },

    /** Null where the archive was removed meanwhile. */
    async page(token: string, place: number): Promise<string | null> {
      const row = await pages()
        .select('entries_json')
        .where('token', '=', token)
        .where('place', '=', place)
        .executeTakeFirst()
      return row?.entries_json ?? null
    },

    /** Those that one key has made, or one link; the newest first. */
    async ofKey(userId: string, keyId: string): Promise<{ token: string; entries: number }[]> {
      return await archives()
        .select(['token', 'entries'])
        .where('user_id', '=', userId)
        .where('key_id', '=', keyId)
        .orderBy('created_at', 'desc')
        .orderBy(orderOfArrival, 'desc')
        .execute()
    },

    async remove(tokens: string[]): Promise<void> {
      if (tokens.length === 0) return
      const wanted = elementsOf(sql<string>`${JSON.stringify(tokens)}`)
      await database.deleteFrom('archive').where('token', 'in', wanted).execute()
    },

    /** Those that expired before `until`, in epoch milliseconds. */
    async expired(until: number): Promise<string[]> {
      const rows = await archives()
        .select('token')
        .where('expires_at', '<=', until)
        .limit(100)
        .execute()
      return rows.map(({ token }) => token)
    },

    /** Those that nobody finishes any more; made at `until` or before, where others are being made. */
    async removeUnfinished(until = Number.MAX_SAFE_INTEGER): Promise<void> {
      const begun = archives().select('token').where('etag', '=', '')
      const rows = await begun.where('created_at', '<=', until).execute()
      await this.remove(rows.map(({ token }) => token))
    },
  }
}

/** What a request names, and all that is below it: some at a time. */
function createSelection(database: Database) {
  const walk = prepareFolderWalk(database)
  const columns = ['id', 'name', 'size', 'blob_id', 'uploaded_at'] as const
  const inFolder = (userId: TextValue, folderId: NumberValue) =>
    database
      .selectFrom('file')
      .select(columns)
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
  const readFile = prepareRead(
    database,
    (userId: TextValue, folderId: NumberValue, name: TextValue) =>
      inFolder(userId, folderId).where('name', '=', name),
  )
  const readFiles = prepareRead(
    database,
    (userId: TextValue, folderId: NumberValue, after: TextValue) =>
      inFolder(userId, folderId).where('name', '>', after).orderBy('name').limit(filesAtOnce),
  )
  const readFolders = prepareRead(
    database,
    (userId: TextValue, folderId: NumberValue, after: TextValue) =>
      database
        .selectFrom('folder')
        .select(['id', 'name'])
        .where('user_id', '=', userId)
        .where('parent_id', '=', folderId)
        .where('name', '>', after)
        .orderBy('name')
        .limit(foldersAtOnce),
  )
  type Row = { id: string; name: string; size: number; blob_id: string; uploaded_at: number }
  const toFile = ({ blob_id, uploaded_at, ...file }: Row): FoundFile => {
    return { ...file, blobId: blob_id, uploadedAt: uploaded_at }
  }
  return {
    /** The id of a folder; null where it is not there. */
    folderAt: (tree: Tree, folder: FolderPath) =>
      readSnapshot(database, (read) => walk.find(read, { ...tree, folder })),

    findItem: (tree: Tree, { kind, folder, name }: Item): Promise<FoundItem> =>
      readSnapshot(database, function* (read) {
        const isFolder = kind === 'folder'
        const path = isFolder ? childFolder(folder, name) : folder
        const folderId = yield* walk.find(read, { ...tree, folder: path })
        if (folderId === null) return null
        if (isFolder) return { folderId }
        const [row] = yield* read(readFile, tree.userId, folderId, name)
        return row === undefined ? null : toFile(row)
      }),

    /** Some files of a folder by name, after the name `after`. */
    async files(userId: string, folderId: number, after: string): Promise<FoundFile[]> {
      return (await readFiles.read(userId, folderId, after)).map(toFile)
    },

    /** Some subfolders by name, after the name `after`. */
    folders: (userId: string, folderId: number, after: string) =>
      readFolders.read(userId, folderId, after),
  }
}

/** What has become of the files of an archive. */
function createStates(database: Database) {
  const walk = prepareFolderWalk(database)
  const { elementsOf } = dialectOf(database)
  const readStates = prepareRead(database, (idsJson: TextValue) =>
    database
      .selectFrom('file')
      .select(['id', 'folder_id', 'blob_id', 'crc32'])
      .where('id', 'in', elementsOf(idsJson)),
  )
  return {
    /** Those of `ids` that are not deleted, also not with a folder that they are in. */
    states: (ids: string[]) =>
      readSnapshot(database, function* (read) {
        const places = new Map<number | null, boolean>()
        const states = new Map<string, FileState>()
        const rows = yield* read(readStates, JSON.stringify(ids))
        for (const { id, folder_id, blob_id, crc32 } of rows) {
          const isThere = places.get(folder_id) ?? (yield* walk.pathOf(read, folder_id)) !== null
          places.set(folder_id, isThere)
          if (isThere) states.set(id, { blobId: blob_id, crc32 })
        }
        return states
      }),

    /** Where none is known: what was noted as bytes came is surer than what was read of them later. */
    async noteCrcs(crcs: ReadonlyMap<string, number>): Promise<void> {
      if (crcs.size === 0) return
      await database.transaction().execute(async (transaction) => {
        for (const [blobId, crc32] of crcs) {
          await transaction
            .updateTable('file')
            .set({ crc32 })
            .where('blob_id', '=', blobId)
            .where('crc32', 'is', null)
            .execute()
        }
      })
    },
  }
}
