import { type Kysely, sql } from 'kysely'

/** Why an import failed, for programs. Null where it did not, or ended before there were codes. */
export async function addImportErrorCode(database: Kysely<unknown>): Promise<void> {
  await sql`alter table import_task add column error_code text`.execute(database)
}
