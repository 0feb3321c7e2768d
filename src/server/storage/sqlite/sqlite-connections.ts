import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '#server/core/config.ts'
import { isStorageFailure } from '#server/core/failure.ts'
import { isBusy } from './sqlite-dialect.ts'

const renewEveryMs = 1_000

type Pair = {
  writer: DatabaseSync
  reader: DatabaseSync
  /** Why they are one connection that only reads; null when all is well. */
  readOnlyReason: unknown
}

/**
 * The connections to one database file. A lock that could not be let go (network file systems), or
 * a file handle that went stale, stays with a connection until it is closed: they can be renewed.
 */
export class SqliteConnections {
  readonly #file: string
  #pair: Pair | null = null
  #failure: unknown = new Error('The database is not open.')
  #renewedAt = Number.NEGATIVE_INFINITY
  #hasEnded = false

  constructor(file: string) {
    this.#file = file
  }

  /** @throws what SQLite throws. */
  open(): void {
    this.#pair = openPair(this.#file)
  }

  /** @throws why the database cannot be read at present. */
  get reader(): DatabaseSync {
    return this.#requirePair().reader
  }

  /** @throws why the database cannot be written to at present. */
  get writer(): DatabaseSync {
    if (this.#pair && this.#pair.readOnlyReason !== null) this.renew()
    const { writer, readOnlyReason } = this.#requirePair()
    if (readOnlyReason !== null) throw readOnlyReason
    return writer
  }

  /**
   * Closes both and opens them again, once a second at the most; whether it did. Not while a
   * transaction runs. Both, because SQLite forgets a file's locks with its last connection.
   */
  renew(): boolean {
    const now = performance.now()
    if (this.#hasEnded || now - this.#renewedAt < renewEveryMs) return false
    this.#renewedAt = now
    this.#close()
    try {
      this.open()
    } catch (error) {
      this.#failure = error
    }
    return true
  }

  /** Gives the connections up because of `failure`; the next query opens fresh ones. */
  drop(failure: unknown): void {
    this.#failure = failure
    this.#close()
  }

  /** For good. */
  end(): void {
    this.#hasEnded = true
    this.#close()
  }

  #close(): void {
    const pair = this.#pair
    this.#pair = null
    for (const connection of new Set([pair?.reader, pair?.writer])) closeQuietly(connection)
  }

  #requirePair(): Pair {
    if (this.#pair === null) this.renew()
    if (this.#pair === null) throw this.#failure
    return this.#pair
  }
}

function openPair(file: string): Pair {
  const opened: DatabaseSync[] = []
  try {
    for (let count = 0; count < 2; count += 1) opened.push(openDurable(file))
    const [writer, reader] = opened as [DatabaseSync, DatabaseSync]
    return { writer, reader, readOnlyReason: null }
  } catch (error) {
    for (const connection of opened) closeQuietly(connection)
    const single = isBusy(error) ? null : openWithoutFreeSpace(file)
    if (single === null) throw error
    return { writer: single, reader: single, readOnlyReason: error }
  }
}

/**
 * A connection that needs no room on the disk: its index of the log is in memory, so it has to be the
 * only one. Null where that does not work either.
 */
export function openWithoutFreeSpace(file: string): DatabaseSync | null {
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(file, { timeout: 0 })
    connection.exec('pragma locking_mode = exclusive')
    connection.prepare('select count(*) from sqlite_master').get()
    return connection
  } catch (error) {
    closeQuietly(connection)
    if (isStorageFailure(error)) return null
    throw error
  }
}

function openDurable(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 0 })
  try {
    makeDurable(connection)
    // A page of 1,000 files touches more than the 2 MB that are usual, and would be read anew each time.
    connection.exec('pragma cache_size = -8000')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function makeDurable(connection: DatabaseSync): void {
  // Temporary files would need another disk, which may be full or read-only.
  connection.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory',
  )
  const mode = connection.prepare('pragma journal_mode').get()?.journal_mode
  const synchronous = connection.prepare('pragma synchronous').get()?.synchronous
  // Some builds fall back to NORMAL when a WAL database is reopened; that loses acknowledged rows.
  if (mode !== 'wal' || synchronous !== 2) {
    throw new ConfigError(
      `BARKEEP_DATA must be on a disk where SQLite can keep its log: there it runs with ${mode}/${synchronous}, not with WAL and synchronous=FULL.`,
    )
  }
}

function closeQuietly(connection: DatabaseSync | undefined): void {
  try {
    connection?.close()
  } catch {
    // It is given up, and what it failed with before is told.
  }
}
