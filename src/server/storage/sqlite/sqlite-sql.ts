import { type RawBuilder, sql } from 'kysely'

// What another database says in other words. Names are sorted by the bytes of `folded_name`, which is
// SQLite's own order and, elsewhere, a collation to ask for.

/** The order in which rows came. Not by time: many come within one millisecond, and clocks are set back. */
export const orderOfArrival: RawBuilder<unknown> = sql`rowid`

/** For "in": any number of ids in one parameter, of which a statement takes only so many. */
export function oneOf(ids: readonly string[]): RawBuilder<string> {
  return sql<string>`(select value from json_each(${JSON.stringify(ids)}))`
}

/** All names of a group in their order, with slashes between; null where there are none. */
export const joinedNames: RawBuilder<string | null> = sql<
  string | null
>`group_concat(name, '/' order by folded_name, name)`
