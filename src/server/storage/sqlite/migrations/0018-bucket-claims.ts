import { type Kysely, sql } from 'kysely'

const statements = [
  `create table blob_claim (
    blob_id text primary key not null,
    owner text not null,
    state text not null,
    beats integer not null,
    upload_id text
  )`,
  `create table partial_blob (
    id text primary key not null,
    blob_id text not null,
    size integer not null,
    upload_id text,
    turn integer not null
  )`,
  'create index partial_blob_blob on partial_blob (blob_id)',
  `create table partial_blob_part (
    id text not null references partial_blob (id) on delete cascade,
    number integer not null,
    etag text not null,
    primary key (id, number)
  )`,
  `create table partial_blob_tail (
    id text not null references partial_blob (id) on delete cascade,
    number integer not null,
    bytes integer not null,
    primary key (id, number, bytes)
  )`,
]

/** What a bucket has that no file names yet. */
export async function addBucketClaims(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
