import type { Transaction } from 'kysely'
import { type FolderPath, folderName, folderTrail, parentFolder } from '#contract/folder-path.ts'
import type { Database } from '#server/storage/sqlite/database.ts'
import { prepareRead, type TextValue } from '#server/storage/sqlite/prepare-read.ts'
import { joinedNames } from '#server/storage/sqlite/sqlite-dialect.ts'
import type { FileTable, Tables } from '#server/storage/sqlite/tables.ts'

export type FolderRepository = ReturnType<typeof createFolderRepository>

function splitNames(joined: string | null): string[] {
  return joined === null ? [] : joined.split('/')
}

/** The only SQL about folders. */
export function createFolderRepository(database: Database) {
  const findFolder = prepareRead(database, (userId: TextValue, path: TextValue) =>
    database
      .selectFrom('folder')
      .select('path')
      .where('user_id', '=', userId)
      .where('path', '=', path),
  )
  const readSubfolders = prepareRead(database, (userId: TextValue, path: TextValue) =>
    database
      .selectFrom('folder')
      .select(joinedNames.as('names'))
      .where('user_id', '=', userId)
      .where('parent', '=', path),
  )

  return {
    async folderExists(userId: string, path: FolderPath): Promise<boolean> {
      return (await findFolder.read(userId, path)).length > 0
    },

    async subfolders(userId: string, path: FolderPath): Promise<string[]> {
      const [row] = await readSubfolders.read(userId, path)
      return splitNames(row?.names ?? null)
    },

    /**
     * Every folder that has subfolders, with their names in order; no name has a slash in it. One row
     * a parent: making a hundred thousand row objects takes longer than all the rest.
     */
    async subfoldersByParent(userId: string): Promise<{ parent: string; names: string[] }[]> {
      const rows = await database
        .selectFrom('folder')
        .select('parent')
        .select(joinedNames.as('names'))
        .where('user_id', '=', userId)
        .groupBy('parent')
        .execute()
      return rows.map(({ parent, names }) => ({ parent, names: splitNames(names) }))
    },
  }
}

/** Makes the folder of a new file and those above it, inside the transaction that lists the file. */
export async function insertFolders(
  transaction: Transaction<Tables>,
  row: FileTable,
): Promise<boolean> {
  const trail = folderTrail(row.folder as FolderPath).slice(1)
  if (trail.length === 0) return false
  const result = await transaction
    .insertInto('folder')
    .values(
      trail.map((path) => ({
        user_id: row.user_id,
        path,
        parent: parentFolder(path),
        name: folderName(path),
        folded_name: foldedName(folderName(path)),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/**
 * What a name is sorted by, so that `a` and `B` come in the order people expect. The same on every
 * machine, unlike a collation of the system's language. Upper case first: `ß` and `SS` are one then.
 */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase()
}
