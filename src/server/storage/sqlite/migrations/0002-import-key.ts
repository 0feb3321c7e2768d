import { type Kysely, sql } from 'kysely'

/** Which key started an import: what is still to be done ends with it. Null in older rows. */
export async function addImportKey(database: Kysely<unknown>): Promise<void> {
  await sql`alter table import_task add column key_id text`.execute(database)
}
