import { type Kysely, sql } from 'kysely'

const text = 'text collate "C"'

const statements = [
  `create table blob_claim (
    blob_id ${text} primary key,
    owner ${text} not null,
    state ${text} not null,
    beats bigint not null,
    upload_id ${text}
  )`,
  `create table partial_blob (
    id ${text} primary key,
    blob_id ${text} not null,
    size bigint not null,
    upload_id ${text},
    turn bigint not null
  )`,
  'create index partial_blob_blob on partial_blob (blob_id)',
  `create table partial_blob_part (
    id ${text} not null references partial_blob (id) on delete cascade,
    number bigint not null,
    etag ${text} not null,
    primary key (id, number)
  )`,
  `create table partial_blob_tail (
    id ${text} not null references partial_blob (id) on delete cascade,
    number bigint not null,
    bytes bigint not null,
    primary key (id, number, bytes)
  )`,
]

/** What a bucket has that no file names yet. */
export async function addBucketClaims(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
