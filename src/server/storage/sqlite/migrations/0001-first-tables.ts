import { type Kysely, sql } from 'kysely'

/** better-auth's own tables, as version 1.7 with its username and admin plugins describes them. */
const accountTables = [
  `create table user (
    id text primary key not null,
    name text not null,
    email text not null unique,
    emailVerified integer not null default 0,
    image text,
    createdAt text not null,
    updatedAt text not null,
    username text unique,
    displayUsername text,
    role text,
    banned integer,
    banReason text,
    banExpires text,
    plan text not null default 'free'
  )`,
  `create table session (
    id text primary key not null,
    expiresAt text not null,
    token text not null unique,
    createdAt text not null,
    updatedAt text not null,
    ipAddress text,
    userAgent text,
    userId text not null references user (id) on delete cascade,
    impersonatedBy text
  )`,
  'create index session_userId on session (userId)',
  `create table account (
    id text primary key not null,
    accountId text not null,
    providerId text not null,
    userId text not null references user (id) on delete cascade,
    accessToken text,
    refreshToken text,
    idToken text,
    accessTokenExpiresAt text,
    refreshTokenExpiresAt text,
    scope text,
    password text,
    createdAt text not null,
    updatedAt text not null
  )`,
  'create index account_userId on account (userId)',
  `create table verification (
    id text primary key not null,
    identifier text not null,
    value text not null,
    expiresAt text not null,
    createdAt text not null,
    updatedAt text not null
  )`,
  'create index verification_identifier on verification (identifier)',
]

const keyTables = [
  `create table api_key (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    name text not null,
    secret_hash text not null unique,
    prefix text not null,
    last4 text not null,
    scopes_json text not null,
    created_at integer not null,
    expires_at integer,
    last_used_at integer,
    revoked_at integer
  )`,
  'create index api_key_user on api_key (user_id, created_at)',
  `create table idempotency (
    user_id text not null,
    endpoint text not null,
    key text not null,
    fingerprint text not null,
    reply_json text not null,
    created_at integer not null,
    primary key (user_id, endpoint, key)
  ) without rowid`,
  'create index idempotency_age on idempotency (created_at)',
]

const fileTables = [
  `create table file (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    folder text not null,
    name text not null,
    asked_name text not null,
    folded_name text not null,
    size integer not null,
    sha256 text not null,
    blob_id text not null unique,
    tracking_id text not null unique,
    uploaded_at integer not null
  )`,
  // What keeps two uploads of one name at once apart, in any process.
  'create unique index file_name on file (user_id, folder, name)',
  'create index file_order on file (user_id, folder, folded_name, id)',
  'create index file_asked on file (user_id, folder, asked_name)',
  `create table folder (
    user_id text not null references user (id) on delete cascade,
    path text not null,
    parent text not null,
    name text not null,
    folded_name text not null,
    primary key (user_id, path)
  ) without rowid`,
  'create index folder_order on folder (user_id, parent, folded_name, name)',
]

const importTables = [
  `create table import_task (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    asked_type text not null,
    type text,
    url text not null,
    folder text not null,
    file_name text,
    video_json text not null,
    state text not null,
    progress real not null default 0,
    title text,
    error text,
    result_link text,
    result_folder text,
    created_at integer not null,
    updated_at integer not null
  )`,
  'create index import_task_state on import_task (state, created_at)',
  'create index import_task_user on import_task (user_id, created_at)',
]

export async function createFirstTables(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...accountTables, ...keyTables, ...fileTables, ...importTables]) {
    await sql.raw(statement).execute(database)
  }
}
