import { type Kysely, sql } from 'kysely'

/** px, as pictures are shown; null until one was looked at. */
const statements = [
  'alter table file add column width integer',
  'alter table file add column height integer',
]

export async function addPictureSizes(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
