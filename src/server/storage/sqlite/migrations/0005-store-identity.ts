import { type Kysely, sql } from 'kysely'

/**
 * Which blobs a database belongs to, and which of them were missing at the last start: so that one
 * that was told of once does not keep the server from starting.
 */
export async function addStoreIdentity(database: Kysely<unknown>): Promise<void> {
  await sql`create table store (id text not null)`.execute(database)
  await sql`create table missing_blob (
    blob_id text primary key not null,
    noticed_at integer not null
  ) without rowid`.execute(database)
}
