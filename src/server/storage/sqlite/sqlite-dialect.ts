import { type RawBuilder, SqliteAdapter, sql } from 'kysely'
import { recognizeStorageFailures } from '#server/core/failure.ts'
import type { Dialect, Reading, Reads, StoreAdapter } from '#server/storage/dialect.ts'
import type { SqliteDriver } from './sqlite-driver.ts'

function inWordsOfSqlite(reads: Reads): Dialect {
  const elements = (json: RawBuilder<string>) => sql<never>`(select value from json_each(${json}))`
  return {
    orderOfArrival: sql`rowid`,
    elementsOf: elements,
    numbersOf: elements,
    joinedNames: sql`group_concat(name, '/' order by folded_name, name)`,
    joinedNamesAndIds: sql`group_concat(name, '/' order by folded_name, name) || '//' || group_concat(id, '/' order by folded_name, name)`,
    // Else it goes through all folders of the user for each of them.
    joinInOrder: sql`cross join`,
    withoutIndex: (column) => sql`+${sql.ref(column)}`,
    readsWhatItSkips: false,
    hold: null,
    isConflict: () => false,
    reads,
    poolUse: () => null,
    moveIn: { withIds: sql`` },
  }
}

/** The driver keeps transactions apart by itself: Kysely would let all reads wait for them, and for each commit. */
export class ConcurrentAdapter extends SqliteAdapter implements StoreAdapter {
  readonly dialect: Dialect

  constructor(driver: SqliteDriver) {
    super()
    this.dialect = inWordsOfSqlite({
      read: (query, parameters) => driver.read(query, parameters),
      snapshot: (work) =>
        driver.snapshot((run) => resultOf(work((query, values) => new AtHand(run(query, values))))),
    })
  }

  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/** What was read, for `yield*`: nobody waits for it. */
class AtHand<Rows> implements Iterator<never, Rows, unknown[]>, Iterable<never, Rows, unknown[]> {
  readonly done = true
  readonly value: Rows

  constructor(rows: Rows) {
    this.value = rows
  }

  next(): IteratorReturnResult<Rows> {
    return this
  }

  [Symbol.iterator](): this {
    return this
  }
}

function resultOf<Result>(reading: Reading<Result>): Result {
  const step = reading[Symbol.iterator]().next()
  if (!step.done) throw new Error('A snapshot waits for nothing.')
  return step.value
}

/**
 * SQLITE_ERROR, _ABORT, _NOTFOUND, _SCHEMA, _TOOBIG, _CONSTRAINT, _MISMATCH, _MISUSE, _RANGE: what is
 * wrong with a statement. All else is wrong with the file: locked, full, damaged, unreadable.
 */
const statementErrors = new Set([1, 4, 12, 17, 18, 19, 20, 21, 25])

recognizeStorageFailures((error) => {
  const code = primaryCode(error)
  return code === null ? null : !statementErrors.has(code)
})

/** SQLITE_BUSY with any extended code: another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5
}

/** SQLITE_NOTADB or SQLITE_CORRUPT: the bytes of the database are not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return primaryCode(error) === 26 || primaryCode(error) === 11
}

function primaryCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
}
