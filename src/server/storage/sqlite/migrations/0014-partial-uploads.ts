import { type Kysely, sql } from 'kysely'

const statements = [
  `create table partial_upload (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    folder text not null,
    name text not null,
    size integer not null,
    received integer not null,
    metadata_json text not null,
    file_json text,
    expires_at integer not null
  )`,
  'create index partial_upload_user on partial_upload (user_id)',
  'create index partial_upload_expiry on partial_upload (expires_at)',
]

/** Uploads that come in several requests, and outlive the process in between. */
export async function addPartialUploads(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
