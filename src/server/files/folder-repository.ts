import type { Transaction } from 'kysely'
import { type FolderPath, folderSegments } from '#contract/folder-path.ts'
import { foldName, nameKey } from '#contract/name-order.ts'
import type { Database } from '#server/storage/sqlite/database.ts'
import {
  type NumberValue,
  prepareRead,
  type ReadInSnapshot,
  readSnapshot,
  type TextValue,
} from '#server/storage/sqlite/prepare-read.ts'
import { joinedNames, joinedNamesAndIds } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { Tables } from '#server/storage/sqlite/tables.ts'

export type FolderRepository = ReturnType<typeof createFolderRepository>

/** Every user's; it has no row. */
export const rootFolderId = 0

/** Names have no slash in them. */
function splitNames(joined: string | null): string[] {
  return joined === null ? [] : joined.split('/')
}

/** The subfolders of one folder, by their names in order. */
export type Subfolders = { parentId: number; names: string[]; ids: number[] }

/** The only SQL about folders. */
export function createFolderRepository(database: Database) {
  const walk = prepareFolderWalk(database)
  const readSubfolders = prepareRead(database, (userId: TextValue, parentId: NumberValue) =>
    database
      .selectFrom('folder')
      .select(joinedNames.as('names'))
      .where('user_id', '=', userId)
      .where('parent_id', '=', parentId),
  )

  return {
    async folderExists(userId: string, path: FolderPath): Promise<boolean> {
      return await readSnapshot(database, (read) => walk.find(read, userId, path) !== null)
    },

    /** Their names in order. */
    async subfolders(userId: string, folderId: number): Promise<string[]> {
      const [row] = await readSubfolders.read(userId, folderId)
      return splitNames(row?.names ?? null)
    },

    /**
     * Every folder that has subfolders. One row a parent: making a hundred thousand row objects takes
     * longer than all the rest. Also those in the trash: no way leads to them from the root.
     */
    async subfoldersByParent(userId: string): Promise<Subfolders[]> {
      const rows = await database
        .selectFrom('folder')
        .select('parent_id')
        .select(joinedNamesAndIds.as('joined'))
        .where('user_id', '=', userId)
        .where('parent_id', 'is not', null)
        .groupBy('parent_id')
        .execute()
      return rows.map(({ parent_id, joined }) => {
        const [names = '', ids = ''] = (joined ?? '').split('//')
        return {
          parentId: parent_id ?? rootFolderId,
          names: names.split('/'),
          ids: ids.split('/').map(Number),
        }
      })
    },
  }
}

/** Finds folders by their paths, a level at a time: there are 32 at most. */
export function prepareFolderWalk(database: Database) {
  const readChild = prepareRead(
    database,
    (userId: TextValue, parentId: NumberValue, name: TextValue) =>
      database
        .selectFrom('folder')
        .select('id')
        .where('user_id', '=', userId)
        .where('parent_id', '=', parentId)
        .where('name', '=', name),
  )
  const readAbove = prepareRead(database, (id: NumberValue) =>
    database.selectFrom('folder').select(['parent_id', 'name']).where('id', '=', id),
  )

  return {
    /** The id of the folder at `path`; null where there is none. */
    find(read: ReadInSnapshot, userId: string, path: FolderPath): number | null {
      let id: number = rootFolderId
      for (const name of folderSegments(path)) {
        const [row] = read(readChild, userId, id, name)
        if (row === undefined) return null
        id = row.id
      }
      return id
    },

    /** Its path now; null for what lies in the trash, or below what does. */
    pathOf(read: ReadInSnapshot, folderId: number | null): FolderPath | null {
      let path = '/'
      let id = folderId
      while (id !== rootFolderId) {
        const [row] = id === null ? [] : read(readAbove, id)
        if (row === undefined) return null
        path = `/${row.name}${path}`
        id = row.parent_id
      }
      return path as FolderPath
    },
  }
}

export type MadeFolder = { id: number; isNew: boolean }

/** The folder at `path` and those above it; they are made where they are not there. */
export async function ensureFolder(
  transaction: Transaction<Tables>,
  userId: string,
  path: FolderPath,
): Promise<MadeFolder> {
  const made: MadeFolder = { id: rootFolderId, isNew: false }
  for (const name of folderSegments(path)) {
    const known = made.isNew
      ? undefined
      : await transaction
          .selectFrom('folder')
          .select('id')
          .where('user_id', '=', userId)
          .where('parent_id', '=', made.id)
          .where('name', '=', name)
          .executeTakeFirst()
    if (known === undefined) made.isNew = true
    made.id = known?.id ?? (await insertFolder(transaction, { userId, parentId: made.id, name }))
  }
  return made
}

/** Resolves with its id. `parentId` null makes it where nobody sees it. */
export async function insertFolder(
  transaction: Transaction<Tables>,
  { userId, parentId, name }: { userId: string; parentId: number | null; name: string },
): Promise<number> {
  const { insertId } = await transaction
    .insertInto('folder')
    .values({ user_id: userId, parent_id: parentId, name, ...nameColumns(name) })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

/** What a name is sorted by, and what a search looks at. */
export function nameColumns(name: string): { folded_name: string; searched_name: string } {
  return { folded_name: nameKey(name), searched_name: foldName(name) }
}
