import { chmod, open, stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SelectQueryNode,
} from 'kysely'
import { Semaphore } from './semaphore.ts'

/** How long to wait while another process (the command line) holds the lock. */
const lockPatienceMs = 1_000
const lockPollMs = 5

/**
 * Runs Kysely's queries on node:sqlite. Statements there are synchronous, so only transactions need
 * to be kept apart: they, and single writes, take turns on one connection, while reads go to a
 * second one and never wait. A lock of another process is waited for without blocking the event
 * loop, which SQLite's own busy timeout would do.
 */
export class SqliteDriver implements Driver {
  readonly #file: string
  readonly #mutex = new Semaphore(1)
  #writer: DatabaseSync | null = null
  #reader: DatabaseSync | null = null

  constructor(file: string) {
    this.#file = file
  }

  async init(): Promise<void> {
    await makePrivate(this.#file)
    // Locked whole while another process clears up after one that was killed, or closes it as the last.
    this.#writer = await whileUnlocked(() => openConnection(this.#file))
    this.#reader = await whileUnlocked(() => openConnection(this.#file))
  }

  async acquireConnection(): Promise<SqliteConnection> {
    if (!this.#writer || !this.#reader) throw new Error('The database is not open.')
    return new SqliteConnection(this.#writer, this.#reader, this.#mutex)
  }

  beginTransaction(connection: SqliteConnection): Promise<void> {
    return connection.begin()
  }

  commitTransaction(connection: SqliteConnection): Promise<void> {
    return connection.finish('commit')
  }

  rollbackTransaction(connection: SqliteConnection): Promise<void> {
    return connection.finish('rollback')
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#reader?.close()
    this.#writer?.close()
  }
}

/**
 * Only the server's own user may read who has an account; SQLite gives the files beside it the same
 * mode. A file that is there is never opened for this: closing it would drop SQLite's locks on it.
 */
async function makePrivate(file: string): Promise<void> {
  try {
    await using _made = await open(file, 'wx', 0o600)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0) await chmod(file, 0o600)
  }
}

function openConnection(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 0 })
  try {
    makeDurable(connection)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function makeDurable(connection: DatabaseSync): void {
  connection.exec('pragma journal_mode = wal; pragma synchronous = full')
  const mode = connection.prepare('pragma journal_mode').get()?.journal_mode
  const synchronous = connection.prepare('pragma synchronous').get()?.synchronous
  // Some builds fall back to NORMAL when a WAL database is reopened; that loses acknowledged rows.
  if (mode !== 'wal' || synchronous !== 2) {
    throw new Error(`SQLite runs with ${mode}/${synchronous}, not with WAL and synchronous=FULL.`)
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #writer: DatabaseSync
  readonly #reader: DatabaseSync
  readonly #mutex: Semaphore
  #inTransaction = false

  constructor(writer: DatabaseSync, reader: DatabaseSync, mutex: Semaphore) {
    this.#writer = writer
    this.#reader = reader
    this.#mutex = mutex
  }

  async begin(): Promise<void> {
    await this.#mutex.acquire()
    try {
      // "immediate": a lock that is found only at the first write cannot be waited for.
      await whileUnlocked(() => this.#writer.exec('begin immediate'))
      this.#inTransaction = true
    } catch (error) {
      this.#mutex.release()
      throw error
    }
  }

  async finish(command: 'commit' | 'rollback'): Promise<void> {
    if (!this.#inTransaction) return
    try {
      // SQLite has rolled back by itself after some errors (a full disk).
      if (command === 'commit' || this.#writer.isTransaction) this.#writer.exec(command)
    } catch (error) {
      if (this.#writer.isTransaction) this.#writer.exec('rollback')
      throw error
    } finally {
      this.#inTransaction = false
      this.#mutex.release()
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#inTransaction) return run<Row>(this.#writer, query)
    if (SelectQueryNode.is(query.query)) return run<Row>(this.#reader, query)
    await this.#mutex.acquire()
    try {
      return await whileUnlocked(() => run<Row>(this.#writer, query))
    } finally {
      this.#mutex.release()
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    const connection = this.#inTransaction ? this.#writer : this.#reader
    const statement = connection.prepare(query.sql)
    for (const row of statement.iterate(...parametersOf(query))) yield { rows: [row as Row] }
  }
}

function run<Row>(connection: DatabaseSync, query: CompiledQuery): QueryResult<Row> {
  const statement = connection.prepare(query.sql)
  const parameters = parametersOf(query)
  if (statement.columns().length > 0) return { rows: statement.all(...parameters) as Row[] }
  const { changes, lastInsertRowid } = statement.run(...parameters)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}

type Parameter = null | number | bigint | string | Uint8Array

function parametersOf(query: CompiledQuery): Parameter[] {
  return query.parameters as Parameter[]
}

/** Repeats `work` while another process holds the lock; its SQLITE_BUSY comes through in the end. */
async function whileUnlocked<Result>(work: () => Result): Promise<Result> {
  const giveUpAt = performance.now() + lockPatienceMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
    }
    await pause(lockPollMs)
  }
}

/** SQLITE_BUSY with any extended code. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}
