import { type Kysely, sql } from 'kysely'

/** What an import has to say beside its state: what was left out, and why. Null where nothing. */
export async function addImportNotes(database: Kysely<unknown>): Promise<void> {
  await sql`alter table import_task add column notes_json text`.execute(database)
}
