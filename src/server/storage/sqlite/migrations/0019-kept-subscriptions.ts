import { type Kysely, sql } from 'kysely'

/**
 * How many videos of a list are kept, and which files each of its entries became: JSON of what they were when
 * they were listed, null where none is known or they are nobody's business any more. `place` rises with each entry
 * that is taken.
 */
const statements = [
  'alter table subscription add column keep integer',
  'alter table subscription_entry add column place integer',
  'alter table subscription_entry add column files_json text',
  'create index subscription_entry_task on subscription_entry (task_id)',
]

export async function addKeptSubscriptions(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
