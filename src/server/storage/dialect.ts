import type { DialectAdapter, Kysely, RawBuilder, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * What the two databases say in other words, and how each runs the reads that are prepared
 * (`prepare-read.ts`). Names are sorted by the bytes of `folded_name` in both.
 */
export type Dialect = {
  /** The order in which rows came. Not by time: many come within one millisecond, and clocks are set back. */
  orderOfArrival: RawBuilder<unknown>
  /** For "in": any number of texts in one parameter, as JSON. A statement takes only so many parameters. */
  elementsOf(json: RawBuilder<string>): RawBuilder<string>
  numbersOf(json: RawBuilder<string>): RawBuilder<number>
  /** All names of a group in their order, with slashes between; null where there are none. */
  joinedNames: RawBuilder<string | null>
  /** The same, and behind two slashes the ids in the same order. */
  joinedNamesAndIds: RawBuilder<string | null>
  /** Joins so that the table on the left is gone through first. */
  joinInOrder: RawBuilder<unknown>
  /** A column that no index is to be chosen for. */
  withoutIndex(column: string): RawBuilder<string>
  /** Whether "offset" reads all that it skips, also where an index alone would do: then that is a query of its own. */
  readsWhatItSkips: boolean
  /**
   * Whoever holds a name alone has no other transaction beside him that holds it, also not `shared`,
   * until he has ended. Null where one transaction runs at a time anyway.
   */
  hold: null | ((transaction: Transaction<Tables>, name: string, how: Hold) => Promise<void>)
  /** Whether a unit failed only because another one came before: it may succeed when it looks again. */
  isConflict(error: unknown): boolean
  reads: Reads
  /** Null where there is no pool of connections. */
  poolUse(): PoolUse | null
  moveIn: MoveIn
}

/** For many rows that come in one transaction, with the ids that they had elsewhere. */
type MoveIn = {
  /** What an insert says behind its columns. */
  withIds: RawBuilder<unknown>
  begin?(transaction: Transaction<Tables>): Promise<void>
  /** Ids that are made from now on are none of theirs. */
  end?(transaction: Transaction<Tables>): Promise<void>
}

export type Hold = 'alone' | 'shared'

export type Parameter = null | number | bigint | string | Uint8Array

/** A query in the database's words; with `asTuples` each row is an array of its columns. */
export type PreparedText = { text: string; asTuples: boolean }

/** One of several reads that see the same state of the database. */
export type SnapshotRead = { query: PreparedText; parameters: Parameter[] }

/**
 * Reads one after the other: `yield*` gives what each has found. So the same steps run at once where
 * rows are at hand, and wait where they come over a network.
 */
export type Reading<Result> = Iterable<SnapshotRead, Result, unknown[]>

/** Begins one read. */
export type RunInSnapshot = (query: PreparedText, parameters: Parameter[]) => Reading<unknown[]>

export type Reads = {
  read(query: PreparedText, parameters: Parameter[]): Promise<unknown[]>
  /** All that `work` reads is of one state, whoever writes between. */
  snapshot<Result>(work: (run: RunInSnapshot) => Reading<Result>): Promise<Result>
}

/** What a database of ours brings to Kysely. */
export type StoreAdapter = DialectAdapter & { readonly dialect: Dialect }

/** Connections of this process, and those who wait for one. */
export type PoolUse = { used: number; idle: number; waiting: number }

/** Of a database or a transaction. */
export function dialectOf(database: Kysely<Tables>): Dialect {
  return (database.getExecutor().adapter as StoreAdapter).dialect
}

/** Waits until nobody is in the way who holds `name` (`Dialect.hold`). */
export async function hold(
  transaction: Transaction<Tables>,
  name: string,
  how: Hold = 'alone',
): Promise<void> {
  await dialectOf(transaction).hold?.(transaction, name, how)
}

/** The name of all folders of a user: whoever moves or deletes some holds it alone, who adds files shares it. */
export function treeOf(userId: string): string {
  return `tree ${userId}`
}

/** Whether the name of a file is taken that was to be listed: in SQLite's words, or by PostgreSQL's name of the index. */
export function isNameTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('constraint' in error) return error.constraint === 'file_name'
  return /unique constraint failed.*file\.name/i.test(error.message)
}
