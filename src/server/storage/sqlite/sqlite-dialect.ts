import { type RawBuilder, sql } from 'kysely'
import { recognizeStorageFailures } from '#server/core/failure.ts'

// What another database says in other words. Names are sorted by the bytes of `folded_name`, which is
// SQLite's own order and, elsewhere, a collation to ask for.

/** The order in which rows came. Not by time: many come within one millisecond, and clocks are set back. */
export const orderOfArrival: RawBuilder<unknown> = sql`rowid`

/** For "in": any number of texts or numbers in one parameter, as JSON. A statement takes only so many parameters. */
export function elementsOf<Value = string>(json: RawBuilder<string>): RawBuilder<Value> {
  return sql<Value>`(select value from json_each(${json}))`
}

/** All names of a group in their order, with slashes between; null where there are none. */
export const joinedNames: RawBuilder<string | null> = sql<
  string | null
>`group_concat(name, '/' order by folded_name, name)`

/** The same, and behind two slashes the ids in the same order. */
export const joinedNamesAndIds: RawBuilder<string | null> = sql<
  string | null
>`group_concat(name, '/' order by folded_name, name) || '//' || group_concat(id, '/' order by folded_name, name)`

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

/** SQLITE_CONSTRAINT_UNIQUE on the index that keeps the names in a folder apart. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof Error && /unique constraint failed.*file\.name/i.test(error.message)
}

function primaryCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
}
