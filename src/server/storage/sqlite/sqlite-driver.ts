import { chmod, open, stat } from 'node:fs/promises'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SelectQueryNode,
} from 'kysely'
import { isStorageFailure } from '#server/core/failure.ts'
import type { Parameter, PreparedText } from '#server/storage/dialect.ts'
import { CommitGroup } from './commit-group.ts'
import { SqliteConnections } from './sqlite-connections.ts'
import { isBusy } from './sqlite-dialect.ts'

/** How long to wait while another process (the command line) holds the lock. */
const lockPatienceMs = 1_000
/** At the start nobody waits for an answer, and a backup may be under way. */
const openPatienceMs = 5_000
const lockPollMs = 5

/**
 * Runs Kysely's queries on node:sqlite. Statements there are synchronous, so only transactions need
 * to be kept apart: they, and single writes, take turns on one connection (`CommitGroup`), while reads go to a
 * second one and never wait. A lock of another process is waited for without blocking the event
 * loop, which SQLite's own busy timeout would do.
 */
export class SqliteDriver implements Driver {
  readonly #file: string
  readonly #connections: SqliteConnections
  readonly #group: CommitGroup

  constructor(file: string) {
    this.#file = file
    this.#connections = new SqliteConnections(file)
    this.#group = new CommitGroup({
      begin: (giveUpAt) => beginToWrite(this.#connections, giveUpAt),
      drop: (failure) => this.#connections.drop(failure),
    })
  }

  async init(): Promise<void> {
    await makePrivate(this.#file)
    // Locked whole while another process clears up after one that was killed, or closes it as the last.
    await whileUnlocked(() => this.#connections.open(), performance.now() + openPatienceMs)
  }

  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this.#connections, this.#group)
  }

  /** Runs a query that only reads, past Kysely. */
  async read(query: PreparedText, parameters: Parameter[]): Promise<unknown[]> {
    const work = () => readRows(this.#connections.reader, query, parameters)
    return readPatiently(this.#connections, this.#group, work)
  }

  /** Queries that see one state of the database, whoever writes between them. */
  async snapshot<Result>(work: (run: RunInSnapshot) => Result): Promise<Result> {
    return readPatiently(this.#connections, this.#group, () => {
      const { reader } = this.#connections
      reader.exec('begin')
      try {
        return work((query, parameters) => readRows(reader, query, parameters))
      } finally {
        // It has ended by itself where the connection failed.
        if (reader.isTransaction) reader.exec('rollback')
      }
    })
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
    this.#group.end()
    this.#connections.end()
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
    await restrictToOwner(file)
  }
}

/** For a file that is there. @throws where its mode may not be changed */
export async function restrictToOwner(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0) await chmod(file, 0o600)
}

class SqliteConnection implements DatabaseConnection {
  readonly #connections: SqliteConnections
  readonly #group: CommitGroup
  /** The connection that this one's transaction runs on. */
  #transaction: DatabaseSync | null = null
  /** What a statement of it failed with. */
  #failure: unknown = null

  constructor(connections: SqliteConnections, group: CommitGroup) {
    this.#connections = connections
    this.#group = group
  }

  async begin(): Promise<void> {
    this.#failure = null
    this.#transaction = await this.#group.begin(performance.now() + lockPatienceMs)
  }

  async finish(command: 'commit' | 'rollback'): Promise<void> {
    const writer = this.#transaction
    if (writer === null) return
    this.#transaction = null
    await this.#group.finish(writer, command, this.#failure)
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#transaction !== null) return this.#runWithin<Row>(this.#transaction, query)
    if (SelectQueryNode.is(query.query)) {
      const work = () => run<Row>(this.#connections.reader, query)
      return readPatiently(this.#connections, this.#group, work)
    }
    const giveUpAt = performance.now() + lockPatienceMs
    await this.#group.acquireAlone()
    try {
      return await patiently(this.#connections, () => this.#write<Row>(query), giveUpAt)
    } finally {
      this.#group.release()
    }
  }

  #runWithin<Row>(writer: DatabaseSync, query: CompiledQuery): QueryResult<Row> {
    try {
      return run<Row>(writer, query)
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  /** A write that failed may have come through: only the lock's refusal is told as it is. */
  #write<Row>(query: CompiledQuery): QueryResult<Row> {
    const { writer } = this.#connections
    try {
      return run<Row>(writer, query)
    } catch (error) {
      if (isBusy(error) || !isStorageFailure(error)) throw error
      this.#connections.drop(error)
      throw new UncertainWrite('A write failed, and may have come through.', { cause: error })
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    const statement = (this.#transaction ?? this.#connections.reader).prepare(query.sql)
    for (const row of statement.iterate(...parametersOf(query))) yield { rows: [row as Row] }
  }
}

/** "immediate": a lock that is found only at the first write cannot be waited for. */
function beginToWrite(connections: SqliteConnections, giveUpAt: number): Promise<DatabaseSync> {
  const begin = () => {
    const { writer } = connections
    writer.exec('begin immediate')
    return writer
  }
  return patiently(connections, begin, giveUpAt)
}

class UncertainWrite extends Error {}

/** A read waits for nothing, unless its connection fails. */
async function readPatiently<Result>(
  connections: SqliteConnections,
  group: CommitGroup,
  work: () => Result,
): Promise<Result> {
  let failure: unknown
  try {
    return work()
  } catch (error) {
    if (!isStorageFailure(error)) throw error
    failure = error
  }
  const giveUpAt = performance.now() + lockPatienceMs
  await group.acquireAlone()
  try {
    if (!isBusy(failure)) connections.renew()
    return await patiently(connections, work, giveUpAt)
  } finally {
    group.release()
  }
}

/**
 * `work` once the database is unlocked. A lock that stays may be one of our own that the system
 * never let go, and a file handle may have gone stale: then once more on fresh connections.
 */
async function patiently<Result>(
  connections: SqliteConnections,
  work: () => Result,
  giveUpAt: number,
): Promise<Result> {
  try {
    return await whileUnlocked(work, giveUpAt)
  } catch (error) {
    const isSafe = isStorageFailure(error) && !(error instanceof UncertainWrite)
    if (!isSafe || !connections.renew()) throw error
    return work()
  }
}

/** Reading a statement's text takes longer than most of them run. A list of parameters makes many texts. */
const maxPrepared = 100
type Prepared = WeakMap<DatabaseSync, Map<string, StatementSync>>
const prepared: Prepared = new WeakMap()
/** Those that give tuples: the same text may be wanted both ways. */
const preparedTuples: Prepared = new WeakMap()

function prepare(connection: DatabaseSync, text: string, kept = prepared): StatementSync {
  const statements = kept.get(connection) ?? new Map<string, StatementSync>()
  kept.set(connection, statements)
  const known = statements.get(text)
  if (known) return known
  const statement = connection.prepare(text)
  const [oldest] = statements.keys()
  if (statements.size >= maxPrepared && oldest !== undefined) statements.delete(oldest)
  statements.set(text, statement)
  if (kept === preparedTuples) statement.setReturnArrays(true)
  return statement
}

/** Its rows are at hand at once. */
type RunInSnapshot = (query: PreparedText, parameters: Parameter[]) => unknown[]

function readRows(
  connection: DatabaseSync,
  { text, asTuples }: PreparedText,
  parameters: Parameter[],
): unknown[] {
  return prepare(connection, text, asTuples ? preparedTuples : prepared).all(...parameters)
}

function run<Row>(connection: DatabaseSync, query: CompiledQuery): QueryResult<Row> {
  const statement = prepare(connection, query.sql)
  const parameters = parametersOf(query)
  if (statement.columns().length > 0) return { rows: statement.all(...parameters) as Row[] }
  const { changes, lastInsertRowid } = statement.run(...parameters)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}

function parametersOf(query: CompiledQuery): Parameter[] {
  return query.parameters as Parameter[]
}

/** Repeats `work` while another process holds the lock; its SQLITE_BUSY comes through in the end. */
async function whileUnlocked<Result>(work: () => Result, giveUpAt: number): Promise<Result> {
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
    }
    await pause(lockPollMs)
  }
}
