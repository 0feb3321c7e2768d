import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as giveWay } from 'node:timers/promises'
import { inject } from 'vitest'
import type { Config } from '#server/core/config.ts'
import type { Database } from '#server/storage/database.ts'
import { openPostgres } from '#server/storage/postgres/open-postgres.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { freshTestDatabase } from './test-postgres.ts'

// What tests do to the store of a running server, as another process would. Only here is it known
// that rows are in SQLite and blobs in folders.

type Stored = { dataFolder: string }

/** Data folder → the shared database of its server. */
const shared = new Map<string, string>()

/**
 * Gives a server that is to be started a database that it could share, where tests run on that store, or the
 * one that it is to share.
 */
export async function databaseFor(
  dataFolder: string,
  given?: Config['database'],
): Promise<{ database: Config['database'] } & AsyncDisposable> {
  if (given) {
    shared.set(dataFolder, given.url)
    return { database: given, [Symbol.asyncDispose]: async () => void shared.delete(dataFolder) }
  }
  if (!runsOnShared()) {
    return { database: null, async [Symbol.asyncDispose]() {} }
  }
  const fresh = await freshTestDatabase()
  shared.set(dataFolder, fresh.url)
  return {
    database: { url: fresh.url, maxConnections: 10 },
    async [Symbol.asyncDispose]() {
      shared.delete(dataFolder)
      await fresh[Symbol.asyncDispose]()
    },
  }
}

/** Walks in a browser start servers, too, and have no projects to ask. */
function runsOnShared(): boolean {
  try {
    return inject('store' as never) === 'shared'
  } catch {
    return false
  }
}

/** The database beside the server, as the command line opens it. */
export function openBeside({ dataFolder }: Stored): Promise<Database> {
  const url = shared.get(dataFolder)
  if (url !== undefined) return openPostgres({ url, maxConnections: 2 })
  return openDatabase(databaseFile(dataFolder))
}

/**
 * Writes beside a server of this process in one transaction. What the server has begun must end first,
 * and can only while this gives way: waiting within SQLite would hold up both.
 */
export async function writeBeside(database: DatabaseSync, write: () => void): Promise<void> {
  while (!begins(database)) await giveWay()
  write()
  database.exec('commit')
}

function begins(database: DatabaseSync): boolean {
  try {
    database.exec('begin immediate')
    return true
  } catch (error) {
    if (error instanceof Error && error.message === 'database is locked') return false
    throw error
  }
}

/** Holds the database until it is disposed: it can be read, and nothing can be written. */
export function holdDatabase({ dataFolder }: Stored): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder))
  other.exec('begin immediate')
  return { [Symbol.dispose]: () => other.close() }
}

/** What a disk is like that cannot be read, until it is disposed: no table is found any more. */
export function spoilDatabase({ dataFolder }: Stored): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder), { defensive: false })
  other.exec('pragma writable_schema = on; create table spoilt (x)')
  other.exec(`update sqlite_schema set sql = 'spoilt' where name = 'spoilt'`)
  other.exec('pragma schema_version = 1000')
  return {
    [Symbol.dispose]() {
      other.exec(`delete from sqlite_schema where name = 'spoilt'; pragma schema_version = 1001`)
      other.close()
    },
  }
}

const writes = {
  "a request's reply": 'before insert on idempotency',
  'the second file': 'before insert on file when (select count(*) from file) = 1',
  "an import's end": "before update on import_task when new.state = 'completed'",
}

/** Makes one kind of write fail until it is disposed. */
export function refuseWrites({ dataFolder }: Stored, kind: keyof typeof writes): Disposable {
  const other = new DatabaseSync(databaseFile(dataFolder))
  other.exec(`create trigger refuse ${writes[kind]} begin select raise(abort, 'no'); end`)
  return {
    [Symbol.dispose]() {
      other.exec('drop trigger refuse')
      other.close()
    },
  }
}

async function withStore<Result>(
  server: Stored,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openBeside(server)
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

/** What the command line, or time, does to the key with this secret. */
export async function endKey(
  server: Stored,
  secret: string,
  how: 'revoked' | 'expired',
): Promise<void> {
  const ended = how === 'revoked' ? { revoked_at: 1 } : { expires_at: 1 }
  await withStore(server, (database) =>
    database.updateTable('api_key').set(ended).where('last4', '=', secret.slice(-4)).execute(),
  )
}

/** Changes all accounts, as the command line does one by one. */
export async function changeAccounts(
  server: Stored,
  to: { isBanned?: boolean; plan?: 'free' | 'pro' },
): Promise<void> {
  const { isBanned, plan } = to
  const values = {
    ...(isBanned !== undefined && { banned: Number(isBanned) }),
    ...(plan !== undefined && { plan }),
  }
  await withStore(server, (database) => database.updateTable('user').set(values).execute())
}

/** Makes imports like those of a version that did not note their keys. */
export async function forgetKeysOfImports(server: Stored): Promise<void> {
  await withStore(server, (database) =>
    database.updateTable('import_task').set({ key_id: null }).execute(),
  )
}

/** The states of all imports, in no order; also while nobody may ask the server. */
export function importStates(server: Stored): Promise<string[]> {
  return withStore(server, async (database) => {
    const rows = await database.selectFrom('import_task').select('state').execute()
    return rows.map(({ state }) => state)
  })
}

/** How many files are listed; also while no server runs. */
export function countListedFiles(server: Stored): Promise<number> {
  return withStore(server, async (database) => {
    return (await database.selectFrom('file').select('id').execute()).length
  })
}

/** Full paths of the stored blobs. */
export function blobPaths(server: Stored): Promise<string[]> {
  return filesBelow(server, ['blobs'])
}

/** Full paths of what was staged and is not listed yet. */
export function stagedPaths(server: Stored): Promise<string[]> {
  return filesBelow(server, ['staging', 'work'])
}

async function filesBelow({ dataFolder }: Stored, folders: string[]): Promise<string[]> {
  const reads = folders.map((name) =>
    readdir(join(dataFolder, name), { recursive: true, withFileTypes: true }),
  )
  const entries = (await Promise.all(reads)).flat()
  return entries.flatMap((one) => (one.isFile() ? join(one.parentPath, one.name) : []))
}
