import { PostgresAdapter, PostgresDialect, type PostgresPool, type RawBuilder, sql } from 'kysely'
import type { Dialect, StoreAdapter } from '#server/storage/dialect.ts'
import { stateOf } from './postgres-errors.ts'

/** What hangs on the pool. */
type Own = Pick<Dialect, 'reads' | 'poolUse'>

function inWordsOfPostgres(own: Own): Dialect {
  const elements = (json: RawBuilder<string>) =>
    sql`select jsonb_array_elements_text(cast(${json} as jsonb))`
  return {
    orderOfArrival: sql`arrival`,
    elementsOf: (json) => sql`(${elements(json)})`,
    numbersOf: (json) =>
      sql`(select cast(value as bigint) from (${elements(json)}) as listed (value))`,
    joinedNames: sql`string_agg(name, '/' order by folded_name, name)`,
    joinedNamesAndIds: sql`string_agg(name, '/' order by folded_name, name) || '//' || string_agg(cast(id as text), '/' order by folded_name, name)`,
    joinInOrder: sql`join`,
    withoutIndex: (column) => sql`(${sql.ref(column)} || '')`,
    readsWhatItSkips: true,
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
    ...own,
    moveIn: {
      withIds: sql`overriding system value`,
      async begin(transaction) {
        await sql`select set_config('statement_timeout', '0', true)`.execute(transaction)
      },
      async end(transaction) {
        await sql`
          select setval(pg_get_serial_sequence('folder', 'id'), max(id)) from folder
        `.execute(transaction)
      },
    },
  }
}

const uniqueViolation = '23505'

/** Kysely's, with our words. */
export class StorePostgresDialect extends PostgresDialect {
  readonly #own: Own

  constructor(pool: PostgresPool, own: Own) {
    super({ pool })
    this.#own = own
  }

  override createAdapter(): PostgresAdapter & StoreAdapter {
    return Object.assign(new PostgresAdapter(), { dialect: inWordsOfPostgres(this.#own) })
  }
}
