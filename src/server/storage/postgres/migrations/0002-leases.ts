import { type Kysely, sql } from 'kysely'

/**
 * What servers that share a database agree on: who may go on (windows), who works on what (leases), and
 * whether folders have changed. Unlogged: a crash of the database forgets windows and locks, as a restart
 * of the one server does that has none.
 */
export async function addLeases(database: Kysely<unknown>): Promise<void> {
  for (const statement of [
    ...windows,
    ...locks,
    ...addresses,
    ...folderVersions,
    ...importLeases,
  ]) {
    await sql.raw(statement).execute(database)
  }
}

const windows = [
  // All servers go by one clock, whatever theirs say.
  `create function server_now() returns bigint language sql volatile as
    $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$`,
  `create unlogged table rate_window (
    name text collate "C" primary key,
    times bigint[] not null,
    until bigint not null
  )`,
  `create function take_rate_slot(
    who text, max_slots integer, window_ms bigint,
    out is_taken boolean, out used integer, out oldest bigint, out at bigint
  ) language plpgsql as $$
  declare
    live bigint[];
  begin
    loop
      insert into rate_window values (who, '{}', 0) on conflict do nothing;
      select times into live from rate_window where name = who for update;
      -- A sweep may have taken it away between the two.
      exit when found;
    end loop;
    -- After the lock: who waited for it asks later than who had it.
    at := server_now();
    -- Where the clock was set back, what lies ahead of it counts no more.
    select coalesce(array_agg(x order by x), '{}') into live
      from unnest(live) as x where x > at - window_ms and x <= at + 1000;
    is_taken := cardinality(live) < max_slots;
    if is_taken then
      live := live || greatest(at, coalesce(live[cardinality(live)], at));
      update rate_window set times = live, until = live[cardinality(live)] + window_ms
        where name = who;
    end if;
    used := cardinality(live);
    oldest := live[1];
  end $$`,
  `create function look_at_rate_window(
    who text, window_ms bigint, out used integer, out oldest bigint, out at bigint
  ) language plpgsql as $$
  begin
    at := server_now();
    select count(*), min(x) into used, oldest
      from rate_window, unnest(times) as x
      where name = who and x > at - window_ms and x <= at + 1000;
  end $$`,
]

const locks = [
  `create unlogged table lock_lease (
    name text collate "C" primary key,
    token uuid not null,
    until bigint not null
  )`,
]

/** Who signs in from one of these is not kept out by strangers who guess. */
const addresses = [
  `create table known_address (
    username text collate "C" not null,
    address text collate "C" not null,
    seen_at bigint not null,
    primary key (username, address)
  )`,
]

const folderVersions = [
  `create table folder_version (
    user_id text collate "C" primary key references "user" (id) on delete cascade,
    version bigint not null
  )`,
  `create function raise_folder_version() returns trigger language plpgsql as $$
  begin
    insert into folder_version
      -- In their order, or two statements for many would wait for each other.
      select distinct user_id, 1 from changed_folders
        where user_id in (select id from "user") order by user_id
      on conflict (user_id) do update set version = folder_version.version + 1;
    return null;
  end $$`,
  ...['insert', 'update', 'delete'].map(
    (how) => `create trigger folder_version_${how} after ${how} on folder
      referencing ${how === 'delete' ? 'old' : 'new'} table as changed_folders
      for each statement execute function raise_folder_version()`,
  ),
]

const importLeases = [
  `alter table import_task
    add column lease_owner text collate "C",
    add column lease_until bigint,
    add column lease_token bigint not null default 0,
    add column attempts integer not null default 0,
    add column added_at bigint not null default server_now(),
    add column reading_json text`,
  `create index import_task_unfinished on import_task (user_id) where state = 'running'`,
]
