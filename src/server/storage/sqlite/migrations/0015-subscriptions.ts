import { type Kysely, sql } from 'kysely'

/**
 * Lists that are kept in step, and what of each was taken or left: an entry is taken once, whatever becomes of
 * its files.
 */
const statements = [
  `create table subscription (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    key_id text not null,
    url text not null,
    title text not null,
    folder text not null,
    quality text not null,
    subtitles integer not null,
    thumbnail integer not null,
    every_hours integer not null,
    only_new integer not null,
    state text not null,
    is_begun integer not null default 0,
    created_at integer not null,
    looked_at integer,
    next_at integer not null,
    failures integer not null default 0,
    error text,
    error_code text,
    unique (user_id, url)
  )`,
  'create index subscription_due on subscription (state, next_at)',
  `create table subscription_entry (
    subscription_id text not null references subscription (id) on delete cascade,
    entry text not null,
    task_id text,
    primary key (subscription_id, entry)
  ) without rowid`,
]

export async function addSubscriptions(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
