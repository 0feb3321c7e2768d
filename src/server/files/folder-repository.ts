import type { Transaction } from 'kysely'
import { type FolderPath, folderSegments, parseFolderPath } from '#contract/folder-path.ts'
import { foldName, nameKey } from '#contract/name-order.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, type SnapshotRead } from '#server/storage/dialect.ts'
import {
  type NumberValue,
  prepareRead,
  type ReadInSnapshot,
  readSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'
import type { Tables } from '#server/storage/tables.ts'

export type FolderRepository = ReturnType<typeof createFolderRepository>

/** Every user's; it has no row. */
export const rootFolderId = 0

/**
 * A folder by its path. `rootId` is the folder that the path starts at, for who must not see what is
 * above it; nothing is found where that lies in the trash.
 */
export type FolderPlace = { userId: string; folder: FolderPath; rootId?: number | undefined }

/** Names have no slash in them. */
function splitNames(joined: string | null): string[] {
  return joined === null ? [] : joined.split('/')
}

/** The subfolders of one folder, by their names in order. */
export type Subfolders = { parentId: number; names: string[]; ids: number[] }

/** The only SQL about folders. */
export function createFolderRepository(database: Database) {
  const walk = prepareFolderWalk(database)
  const { joinedNames, joinedNamesAndIds } = dialectOf(database)
  const readSubfolders = prepareRead(database, (userId: TextValue, parentId: NumberValue) =>
    database
      .selectFrom('folder')
      .select(joinedNames.as('names'))
      .where('user_id', '=', userId)
      .where('parent_id', '=', parentId),
  )

  return {
    async folderExists(userId: string, path: FolderPath): Promise<boolean> {
      const place = { userId, folder: path }
      return (await readSnapshot(database, (read) => walk.find(read, place))) !== null
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

/** A path, and the ids of the folder and all above it, the root's last. */
type Way = { path: FolderPath; ids: number[] }
type Steps<Result> = Generator<SnapshotRead, Result, unknown[]>

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
    /** The id of the folder at `path`; null where there is none, also where `place` has lost its root. */
    *find(read: ReadInSnapshot, place: FolderPlace): Steps<number | null> {
      const { userId, folder: path, rootId } = place
      if (rootId !== undefined && (yield* this.pathOf(read, rootId)) === null) return null
      let id: number = rootId ?? rootFolderId
      for (const name of folderSegments(path)) {
        const [row] = yield* read(readChild, userId, id, name)
        if (row === undefined) return null
        id = row.id
      }
      return id
    },

    /** Its path now; null for what lies in the trash, or below what does. */
    *pathOf(read: ReadInSnapshot, folderId: number | null): Steps<FolderPath | null> {
      return (yield* this.way(read, folderId))?.path ?? null
    },

    /** The way to a folder; null as `pathOf`. */
    *way(read: ReadInSnapshot, folderId: number | null): Steps<Way | null> {
      let path = '/'
      let id = folderId
      const ids: number[] = []
      while (id !== rootFolderId) {
        const [row] = id === null ? [] : yield* read(readAbove, id)
        if (row === undefined || id === null) return null
        path = `/${row.name}${path}`
        ids.push(id)
        id = row.parent_id
      }
      return { path: path as FolderPath, ids: [...ids, rootFolderId] }
    },
  }
}

export type MadeFolder = { id: number; isNew: boolean }

/**
 * The folder at a place and those above it; they are made where they are not there.
 * @throws ApiFailure `not_found` where the place has lost its root, `invalid_request` where the whole
 * path would break a rule
 */
export async function ensureFolder(
  transaction: Transaction<Tables>,
  { userId, folder: path, rootId = rootFolderId }: FolderPlace,
): Promise<MadeFolder> {
  if (rootId !== rootFolderId) await requireSpaceBelow(transaction, rootId, path)
  const made: MadeFolder = { id: rootId, isNew: false }
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

/** The rules for paths hold for the whole of one, of which the sender sees the end. */
async function requireSpaceBelow(
  transaction: Transaction<Tables>,
  rootId: number,
  path: FolderPath,
): Promise<void> {
  let whole: string = path
  let id: number | null = rootId
  while (id !== rootFolderId) {
    const row: { parent_id: number | null; name: string } | undefined =
      id === null
        ? undefined
        : await transaction
            .selectFrom('folder')
            .select(['parent_id', 'name'])
            .where('id', '=', id)
            .executeTakeFirst()
    if (row === undefined) throw new ApiFailure('not_found', 'This folder is not there any more.')
    whole = `/${row.name}${whole}`
    id = row.parent_id
  }
  const parsed = parseFolderPath(whole)
  if (!parsed.ok) throw new ApiFailure('invalid_request', parsed.rule)
}

/** Resolves with its id. `parentId` null makes it where nobody sees it. Who makes one of that name at the same time makes the same. */
export async function insertFolder(
  transaction: Transaction<Tables>,
  { userId, parentId, name }: { userId: string; parentId: number | null; name: string },
): Promise<number> {
  const made = await transaction
    .insertInto('folder')
    .values({ user_id: userId, parent_id: parentId, name, ...nameColumns(name) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made !== undefined) return made.id
  const { id } = await transaction
    .selectFrom('folder')
    .select('id')
    .where('user_id', '=', userId)
    .where('parent_id', '=', parentId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return id
}

/** What a name is sorted by, and what a search looks at. */
export function nameColumns(name: string): { folded_name: string; searched_name: string } {
  return { folded_name: nameKey(name), searched_name: foldName(name) }
}
