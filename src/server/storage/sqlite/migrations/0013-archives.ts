import { type Kysely, sql } from 'kysely'

/**
 * An archive is a list of what is in it, fixed when its link is made: some hundred entries a page, with
 * where in the zip the page's files and its part of the directory begin. `etag` is empty until the list
 * is whole.
 */
const statements = [
  `create table archive (
    token text primary key not null,
    user_id text not null references user (id) on delete cascade,
    key_id text not null,
    name text not null,
    etag text not null,
    size integer not null,
    files integer not null,
    entries integer not null,
    directory_at integer not null,
    directory_size integer not null,
    created_at integer not null,
    expires_at integer not null
  )`,
  'create index archive_user on archive (user_id, created_at)',
  'create index archive_expiry on archive (expires_at)',
  `create table archive_page (
    token text not null references archive (token) on delete cascade,
    place integer not null,
    starts_at integer not null,
    directory_at integer not null,
    entries_json text not null,
    primary key (token, place)
  )`,
  // What a zip says of each file; null until one needed it. Bytes never change, so it stays true.
  'alter table file add column crc32 integer',
]

export async function addArchives(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
