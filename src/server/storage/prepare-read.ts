import { type Compilable, type RawBuilder, sql } from 'kysely'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, type Parameter, type PreparedText, type Reading } from './dialect.ts'

/** Stands in a query for a value that each call brings. */
class Placeholder {
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

/** Where a query takes the text that a call brings. */
export type TextValue = RawBuilder<string>
export type NumberValue = RawBuilder<number>

type Placeholders<Values extends Parameter[]> = {
  [Index in keyof Values]: RawBuilder<Values[Index]>
}

/**
 * A query whose text is made once, for what nearly every request asks: making it anew takes longer
 * than running it.
 */
export type PreparedRead<Values extends Parameter[], Row> = PreparedText & {
  /** The parameters of a call. */
  fill(values: Values): Parameter[]
  read(...values: Values): Promise<Row[]>
}

/** `build` gets a placeholder for each value of a call: its parameters have no defaults. */
export function prepareRead<Values extends Parameter[], Row>(
  database: Database,
  build: (...values: Placeholders<Values>) => Compilable<Row>,
): PreparedRead<Values, Row> {
  return prepare(database, build, false)
}

/** The same with rows as arrays of their columns, which cost half of what objects do. */
export function prepareTuples<Values extends Parameter[], Row extends unknown[]>(
  database: Database,
  build: (...values: Placeholders<Values>) => Compilable<unknown>,
): PreparedRead<Values, Row> {
  return prepare(database, build, true)
}

/** Begins one of several reads that see the same state of the database: `yield*` gives its rows. */
export type ReadInSnapshot = <Values extends Parameter[], Row>(
  query: PreparedRead<Values, Row>,
  ...values: Values
) => Reading<Row[]>

/** `work` is a generator that waits for nothing but its reads: a snapshot holds a connection. */
export function readSnapshot<Result>(
  database: Database,
  work: (read: ReadInSnapshot) => Reading<Result>,
): Promise<Result> {
  return dialectOf(database).reads.snapshot((run) =>
    work((query, ...values) => run(query, query.fill(values)) as Reading<never>),
  )
}

function prepare<Values extends Parameter[], Row>(
  database: Database,
  build: (...values: Placeholders<Values>) => Compilable<unknown>,
  asTuples: boolean,
): PreparedRead<Values, Row> {
  const places = Array.from({ length: build.length }, (_, index) => sql`${new Placeholder(index)}`)
  const { sql: text, parameters } = build(...(places as Placeholders<Values>)).compile()
  const { reads } = dialectOf(database)
  const fill = (values: Values) =>
    parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.index] : parameter,
    ) as Parameter[]
  const prepared = { text, asTuples, fill }
  return {
    ...prepared,
    read: (...values) => reads.read(prepared, fill(values)) as Promise<Row[]>,
  }
}
