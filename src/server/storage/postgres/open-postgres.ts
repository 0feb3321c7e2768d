import { Kysely, sql, type Transaction, type TransactionBuilder } from 'kysely'
import { ConfigError } from '#server/core/config.ts'
import type { Database } from '#server/storage/database.ts'
import { hold } from '#server/storage/dialect.ts'
import type { Tables } from '#server/storage/tables.ts'
import { createWholeSchema } from './migrations/0001-whole-schema.ts'
import { addLeases } from './migrations/0002-leases.ts'
import { addBucketClaims } from './migrations/0003-bucket-claims.ts'
import { StorePostgresDialect } from './postgres-dialect.ts'
import { explainPostgres, mayTryAgain, shownAddress, stateOf } from './postgres-errors.ts'
import { type Connect, createPool, createReads, poolForKysely } from './postgres-pool.ts'

/** In order; `schema_version` says how many of them a database has had. Never change one that was released. */
const migrations: ((database: Kysely<unknown>) => Promise<void>)[] = [
  createWholeSchema,
  addLeases,
  addBucketClaims,
]

/** So often a transaction begins anew that was in another one's way. */
const attempts = 6
const pauseMs = 20

/** A transaction that others got in the way of begins anew, whole. */
class RetryingKysely extends Kysely<Tables> {
  override transaction(): TransactionBuilder<Tables> {
    const builder = super.transaction()
    const execute: typeof builder.execute = builder.execute.bind(builder)
    builder.execute = async (work) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await execute(work)
        } catch (error) {
          if (attempt === attempts || !mayTryAgain(error)) throw error
          await new Promise((resolve) =>
            setTimeout(resolve, Math.random() * pauseMs * 2 ** attempt),
          )
        }
      }
    }
    return builder
  }
}

/**
 * Opens the database that all servers share, and brings it up to date: whoever comes first, while the
 * others wait.
 * @throws ConfigError where it cannot be used, or a newer version wrote it; nothing was changed then
 */
export async function openPostgres(connect: Connect): Promise<Database> {
  const pool = await createPool(connect)
  const database = new RetryingKysely({
    dialect: new StorePostgresDialect(poolForKysely(pool), {
      reads: createReads(pool),
      poolUse: () => ({
        used: pool.totalCount - pool.idleCount,
        idle: pool.idleCount,
        waiting: pool.waitingCount,
      }),
    }),
  })
  try {
    await refuseUnfit(database, connect.url)
    await refuseClocksApart(database, connect.url)
    await migrate(database, connect.url)
    await refuseWithoutRights(database, connect.url)
    await indexTrigrams(database)
    return database
  } catch (error) {
    await database.destroy()
    throw explainPostgres(error, connect.url)
  }
}

const oldest = 13

async function refuseUnfit(database: Database, url: string): Promise<void> {
  const { rows } = await sql<{ version: number; encoding: string; isCopy: boolean }>`
    select current_setting('server_version_num')::integer / 10000 as version,
      current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isCopy"
  `.execute(database)
  const [{ version = 0, encoding = '', isCopy = false } = {}] = rows
  const refuse = (what: string) =>
    new ConfigError(`BARKEEP_DATABASE_URL: the database at ${shownAddress(url)} ${what}`)
  if (version < oldest) {
    throw refuse(`is of PostgreSQL ${version}. Set the address of PostgreSQL ${oldest} or newer.`)
  }
  if (encoding !== 'UTF8') {
    throw refuse(`has the encoding ${encoding}. Make one with the encoding UTF8.`)
  }
  if (isCopy) throw refuse('is a standby, which takes no writes. Set the address of the primary.')
}

const clocksMayDifferMs = 30_000

/** Leases and windows go by the database's clock, the ends of keys and links by those of the servers. */
async function refuseClocksApart(database: Database, url: string): Promise<void> {
  const askedAt = Date.now()
  const { rows } = await sql<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(database)
  const now = rows[0]?.now ?? askedAt
  const apartMs = Math.max(askedAt - now, now - Date.now())
  if (apartMs <= clocksMayDifferMs) return
  throw new ConfigError(
    `The clocks of this machine and of the database at ${shownAddress(url)} are ${Math.round(apartMs / 1000)} seconds apart. Set both by a time server (NTP), and start again.`,
  )
}

/** One transaction: a crash in the middle leaves the old version. Old servers go on: what is new is added. */
async function migrate(database: Database, url: string): Promise<void> {
  if ((await readVersion(database, url)) === migrations.length) return
  await migrateAlone(database, async (transaction) => {
    const version = await readVersion(transaction, url)
    for (const migration of migrations.slice(version)) {
      await migration(transaction as unknown as Kysely<unknown>)
    }
    await sql`create table if not exists schema_version (version integer not null)`.execute(
      transaction,
    )
    await sql`delete from schema_version`.execute(transaction)
    await sql`insert into schema_version values (${migrations.length})`.execute(transaction)
  })
}

/** Whoever comes later waits, however long it takes. */
async function migrateAlone(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)`.execute(
      transaction,
    )
    await hold(transaction, 'migration')
    await work(transaction)
  })
}

async function readVersion(database: Database, url: string): Promise<number> {
  // Not to_regclass: a connection that was told once that there is none goes on saying so.
  const { rows: found } = await sql`
    select 1 from pg_tables where tablename = 'schema_version' and schemaname = any(current_schemas(false))
  `.execute(database)
  if (found.length === 0) return 0
  const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(
    database,
  )
  const version = rows[0]?.version ?? 0
  if (version > migrations.length) {
    throw new ConfigError(
      `The database at ${shownAddress(url)} was written by a newer version of Barkeep (its format is ${version}, this one knows ${migrations.length}). Start that version, or set BARKEEP_DATABASE_URL to another database.`,
    )
  }
  return version
}

/** At the start, and not with the first upload. */
async function refuseWithoutRights(database: Database, url: string): Promise<void> {
  const { rows } = await sql<{ right: string }>`
    select "right" from unnest(array['select', 'insert', 'update', 'delete']) as "right"
    where not has_table_privilege('file', "right")`.execute(database)
  if (rows.length === 0) return
  const missing = rows.map(({ right }) => right).join(', ')
  throw new ConfigError(
    `BARKEEP_DATABASE_URL: its user has no right to ${missing} in the tables at ${shownAddress(url)}. Let the user that made them start Barkeep.`,
  )
}

/**
 * For searches: an index that a database may be too bare to have, or its user not free to make. Without
 * it a search looks through all names of its user.
 */
async function indexTrigrams(database: Database): Promise<void> {
  const { rows } = await sql`
    select 1 from pg_indexes where indexname = 'file_trigram' and schemaname = any(current_schemas(false))
  `.execute(database)
  if (rows.length > 0) return
  try {
    await migrateAlone(database, async (transaction) => {
      await sql`create extension if not exists pg_trgm`.execute(transaction)
      await sql`create index if not exists file_trigram on file using gin (searched_name gin_trgm_ops)`.execute(
        transaction,
      )
    })
  } catch (error) {
    if (stateOf(error) === null) throw error
  }
}
