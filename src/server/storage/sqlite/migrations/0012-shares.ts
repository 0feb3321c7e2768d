import { type Kysely, sql } from 'kysely'

/**
 * Links for people without a key. What they share is known by its id: it may move and get another
 * name. No reference to it: it may be deleted, and come back from the trash.
 */
const statements = [
  `create table share (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    kind text not null,
    name text not null,
    secret_hash text not null unique,
    prefix text not null,
    last4 text not null,
    password_hash text,
    folder_id integer,
    created_at integer not null,
    expires_at integer not null,
    last_used_at integer,
    max_bytes integer,
    used_bytes integer not null default 0,
    files integer not null default 0
  )`,
  'create index share_order on share (user_id, created_at)',
  `create table share_item (
    share_id text not null references share (id) on delete cascade,
    place integer not null,
    file_id text,
    folder_id integer,
    primary key (share_id, place)
  ) without rowid`,
]

export async function addShares(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
