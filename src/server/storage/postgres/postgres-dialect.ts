import { PostgresAdapter, PostgresDialect, type PostgresPool, type RawBuilder, sql } from 'kysely'
import type { Dialect, Reads, StoreAdapter } from '#server/storage/dialect.ts'
import { stateOf } from './postgres-errors.ts'

function inWordsOfPostgres(reads: Reads): Dialect {
  const elements = (json: RawBuilder<string>) =>
    sql`select jsonb_array_elements_text(cast(${json} as jsonb))`
  return {
    orderOfArrival: sql`arrival`,
    elementsOf: (json) => sql`(${elements(json)})`,
    numbersOf: (json) =>
      sql`(select cast(value as bigint) from (${elements(json)}) as some (value))`,
    joinedNames: sql`string_agg(name, '/' order by folded_name, name)`,
    joinedNamesAndIds: sql`string_agg(name, '/' order by folded_name, name) || '//' || string_agg(cast(id as text), '/' order by folded_name, name)`,
    joinInOrder: sql`join`,
    withoutIndex: (column) => sql`(${sql.ref(column)} || '')`,
    async hold(transaction, name, how) {
      const lock = sql.raw(
        how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared',
      )
      await sql`select ${lock}(hashtextextended(${name}, 0))`.execute(transaction)
    },
    isConflict(error) {
      const isTaken = stateOf(error) === uniqueViolation
      const { constraint } = error as { constraint?: string }
      return isTaken && (constraint === 'file_name' || constraint === 'folder_name')
    },
    reads,
  }
}

const uniqueViolation = '23505'

/** Kysely's, with our words. */
export class StorePostgresDialect extends PostgresDialect {
  readonly #reads: Reads

  constructor(pool: PostgresPool, reads: Reads) {
    super({ pool })
    this.#reads = reads
  }

  override createAdapter(): PostgresAdapter & StoreAdapter {
    return Object.assign(new PostgresAdapter(), { dialect: inWordsOfPostgres(this.#reads) })
  }
}
