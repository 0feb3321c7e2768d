import { join } from 'node:path'
import { Kysely, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import { createFirstTables } from '#server/storage/sqlite/migrations/0001-first-tables.ts'
import { addImportKey } from '#server/storage/sqlite/migrations/0002-import-key.ts'
import { addListingMarks } from '#server/storage/sqlite/migrations/0003-listing-marks.ts'
import { addImportNotes } from '#server/storage/sqlite/migrations/0004-import-notes.ts'
import { addStoreIdentity } from '#server/storage/sqlite/migrations/0005-store-identity.ts'
import { renameRequestedColumns } from '#server/storage/sqlite/migrations/0006-requested-columns.ts'
import { addImportErrorCode } from '#server/storage/sqlite/migrations/0007-import-error-code.ts'
import { identifyFolders } from '#server/storage/sqlite/migrations/0008-folders-by-id.ts'
import { orderNaturally } from '#server/storage/sqlite/migrations/0009-natural-order.ts'
import { addNameSearch } from '#server/storage/sqlite/migrations/0010-name-search.ts'
import { addShares } from '#server/storage/sqlite/migrations/0012-shares.ts'
import { addArchives } from '#server/storage/sqlite/migrations/0013-archives.ts'
import { addPartialUploads } from '#server/storage/sqlite/migrations/0014-partial-uploads.ts'
import { addSubscriptions } from '#server/storage/sqlite/migrations/0015-subscriptions.ts'
import { addSiteCookies } from '#server/storage/sqlite/migrations/0016-site-cookies.ts'
import { addPictureSizes } from '#server/storage/sqlite/migrations/0017-picture-sizes.ts'
import { addBucketClaims } from '#server/storage/sqlite/migrations/0018-bucket-claims.ts'
import { addKeptSubscriptions } from '#server/storage/sqlite/migrations/0019-kept-subscriptions.ts'
import type { Tables } from '#server/storage/tables.ts'
import { explainDatabase, refuseNewer } from './inspect-database.ts'
import { ConcurrentAdapter } from './sqlite-dialect.ts'
import { SqliteDriver } from './sqlite-driver.ts'

/** Where a data folder keeps its database; the server and the command line share it. */
export function databaseFile(dataFolder: string): string {
  return join(dataFolder, 'barkeep.db')
}

/** In order; the database's `user_version` says how many of them it has had. Never change one. */
const migrations: ((database: Kysely<unknown>) => Promise<void>)[] = [
  createFirstTables,
  addImportKey,
  addListingMarks,
  addImportNotes,
  addStoreIdentity,
  renameRequestedColumns,
  addImportErrorCode,
  identifyFolders,
  orderNaturally,
  addNameSearch,
  addShares,
  addArchives,
  addPartialUploads,
  addPictureSizes,
  addSubscriptions,
  addSiteCookies,
  addKeptSubscriptions,
  addBucketClaims,
]

/** The format of a database that had all of them. */
export const knownFormat = migrations.length

/**
 * Opens `file`, making it when it is missing, and brings it up to date: WAL with synchronous=FULL.
 * @throws ConfigError when it cannot be opened, or a newer version wrote it.
 */
export async function openDatabase(file: string): Promise<Database> {
  const driver = new SqliteDriver(file)
  const database = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new ConcurrentAdapter(driver),
      createDriver: () => driver,
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  try {
    await migrate(database, file)
    return database
  } catch (error) {
    await database.destroy()
    throw explainDatabase(error, file)
  }
}

/** One transaction: a crash in the middle leaves the old version, two processes take turns. */
async function migrate(database: Database, file: string): Promise<void> {
  // What is up to date can be opened also while another process writes.
  if ((await readVersion(database, file)) === migrations.length) return
  await database.transaction().execute(async (transaction) => {
    const version = await readVersion(transaction, file)
    for (const migration of migrations.slice(version)) {
      await migration(transaction as unknown as Kysely<unknown>)
    }
    await sql.raw(`pragma user_version = ${migrations.length}`).execute(transaction)
  })
}

async function readVersion(database: Database, file: string): Promise<number> {
  // As a query that reads: on a full disk nothing else can be done.
  const row = await database
    .selectFrom(sql<{ user_version: number }>`pragma_user_version`.as('pragma'))
    .select('user_version')
    .executeTakeFirst()
  const version = row?.user_version ?? 0
  refuseNewer(file, version, knownFormat)
  return version
}
