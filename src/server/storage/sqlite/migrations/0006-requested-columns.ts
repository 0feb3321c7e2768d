import { type Kysely, sql } from 'kysely'

/** What a client asked for is called "requested" everywhere. */
export async function renameRequestedColumns(database: Kysely<unknown>): Promise<void> {
  await sql`alter table file rename column asked_name to requested_name`.execute(database)
  await sql`alter table import_task rename column asked_type to requested_type`.execute(database)
}
