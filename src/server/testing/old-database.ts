import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { createFirstTables } from '#server/storage/sqlite/migrations/0001-first-tables.ts'
import { addImportKey } from '#server/storage/sqlite/migrations/0002-import-key.ts'
import { addListingMarks } from '#server/storage/sqlite/migrations/0003-listing-marks.ts'
import { addImportNotes } from '#server/storage/sqlite/migrations/0004-import-notes.ts'
import { addStoreIdentity } from '#server/storage/sqlite/migrations/0005-store-identity.ts'
import { renameRequestedColumns } from '#server/storage/sqlite/migrations/0006-requested-columns.ts'
import { addImportErrorCode } from '#server/storage/sqlite/migrations/0007-import-error-code.ts'
import { SqliteDriver } from '#server/storage/sqlite/sqlite-driver.ts'

const migrations = [
  createFirstTables,
  addImportKey,
  addListingMarks,
  addImportNotes,
  addStoreIdentity,
  renameRequestedColumns,
  addImportErrorCode,
]

/** Makes an empty database as a version left it that knew `format` migrations: 7 at the most. */
export async function makeOldDatabase(file: string, format: number): Promise<void> {
  const database = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new SqliteDriver(file),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  for (const migration of migrations.slice(0, format)) await migration(database)
  await sql.raw(`pragma user_version = ${format}`).execute(database)
  await database.destroy()
}
