import { type Kysely, sql } from 'kysely'
import { listingMarks } from './listing-marks.ts'

/**
 * The tables of the embedded database as its migrations left them (`tables.ts`), without what only
 * SQLite needs. Texts are sorted by their bytes, as there; whole numbers have 64 bits; `arrival`
 * stands for SQLite's rowid.
 */
const text = 'text collate "C"'
const owner = `user_id ${text} not null references "user" (id) on delete cascade`
const arrival = 'arrival bigint not null generated always as identity'

/** better-auth's own tables, in the types that it is told of: times are text and switches 0 or 1. */
const accounts = [
  `create table "user" (
    id ${text} primary key,
    name ${text} not null,
    email ${text} not null unique,
    "emailVerified" integer not null default 0,
    image ${text},
    "createdAt" ${text} not null,
    "updatedAt" ${text} not null,
    username ${text} unique,
    "displayUsername" ${text},
    role ${text},
    banned integer,
    "banReason" ${text},
    "banExpires" ${text},
    plan ${text} not null default 'free'
  )`,
  `create table session (
    id ${text} primary key,
    "expiresAt" ${text} not null,
    token ${text} not null unique,
    "createdAt" ${text} not null,
    "updatedAt" ${text} not null,
    "ipAddress" ${text},
    "userAgent" ${text},
    "userId" ${text} not null references "user" (id) on delete cascade,
    "impersonatedBy" ${text}
  )`,
  'create index session_owner on session ("userId")',
  `create table account (
    id ${text} primary key,
    "accountId" ${text} not null,
    "providerId" ${text} not null,
    "userId" ${text} not null references "user" (id) on delete cascade,
    "accessToken" ${text},
    "refreshToken" ${text},
    "idToken" ${text},
    "accessTokenExpiresAt" ${text},
    "refreshTokenExpiresAt" ${text},
    scope ${text},
    password ${text},
    "createdAt" ${text} not null,
    "updatedAt" ${text} not null
  )`,
  'create index account_owner on account ("userId")',
  `create table verification (
    id ${text} primary key,
    identifier ${text} not null,
    value ${text} not null,
    "expiresAt" ${text} not null,
    "createdAt" ${text} not null,
    "updatedAt" ${text} not null
  )`,
  'create index verification_identifier on verification (identifier)',
]

const keys = [
  `create table api_key (
    id ${text} primary key,
    ${owner},
    name ${text} not null,
    secret_hash ${text} not null unique,
    prefix ${text} not null,
    last4 ${text} not null,
    scopes_json ${text} not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
  )`,
  'create index api_key_user on api_key (user_id, created_at)',
  `create table idempotency (
    user_id ${text} not null,
    endpoint ${text} not null,
    key ${text} not null,
    fingerprint ${text} not null,
    reply_json ${text} not null,
    created_at bigint not null,
    primary key (user_id, endpoint, key)
  )`,
  'create index idempotency_age on idempotency (created_at)',
]

const files = [
  `create table file (
    id ${text} primary key,
    ${owner},
    folder_id bigint,
    name ${text} not null,
    requested_name ${text} not null,
    folded_name ${text} not null,
    searched_name ${text} not null,
    size bigint not null,
    sha256 ${text} not null,
    blob_id ${text} not null,
    tracking_id ${text} not null unique,
    uploaded_at bigint not null,
    is_renamed integer not null default 0,
    crc32 bigint,
    width bigint,
    height bigint
  )`,
  'create unique index file_name on file (user_id, folder_id, name)',
  'create index file_order on file (user_id, folder_id, folded_name, id)',
  'create index file_size on file (user_id, folder_id, size, folded_name, id)',
  'create index file_time on file (user_id, folder_id, uploaded_at, folded_name, id)',
  'create index file_requested on file (user_id, folder_id, requested_name)',
  'create index file_blob on file (blob_id)',
  'create index file_searched on file (user_id, searched_name)',
  `create table folder (
    id bigint primary key generated always as identity,
    ${owner},
    parent_id bigint,
    name ${text} not null,
    folded_name ${text} not null,
    searched_name ${text} not null
  )`,
  'create unique index folder_name on folder (user_id, parent_id, name)',
  'create index folder_order on folder (user_id, parent_id, folded_name, name)',
  'create index folder_searched on folder (user_id, searched_name)',
  `create table trash (
    id ${text} primary key,
    ${arrival},
    ${owner},
    file_id ${text},
    folder_id bigint,
    parent ${text} not null,
    name ${text} not null,
    size bigint,
    deleted_at bigint not null,
    state ${text} not null
  )`,
  'create index trash_order on trash (user_id, state, deleted_at)',
  'create index trash_state on trash (state, deleted_at)',
  `create table doomed_blob (blob_id ${text} primary key)`,
  `create table missing_blob (blob_id ${text} primary key, noticed_at bigint not null)`,
]

const links = [
  `create table share (
    id ${text} primary key,
    ${owner},
    kind ${text} not null,
    name ${text} not null,
    secret_hash ${text} not null unique,
    prefix ${text} not null,
    last4 ${text} not null,
    password_hash ${text},
    folder_id bigint,
    created_at bigint not null,
    expires_at bigint not null,
    last_used_at bigint,
    max_bytes bigint,
    used_bytes bigint not null default 0,
    files bigint not null default 0
  )`,
  'create index share_order on share (user_id, created_at)',
  `create table share_item (
    share_id ${text} not null references share (id) on delete cascade,
    place bigint not null,
    file_id ${text},
    folder_id bigint,
    primary key (share_id, place)
  )`,
  `create table archive (
    token ${text} primary key,
    ${arrival},
    ${owner},
    key_id ${text} not null,
    name ${text} not null,
    etag ${text} not null,
    size bigint not null,
    files bigint not null,
    entries bigint not null,
    directory_at bigint not null,
    directory_size bigint not null,
    created_at bigint not null,
    expires_at bigint not null
  )`,
  'create index archive_user on archive (user_id, created_at)',
  'create index archive_expiry on archive (expires_at)',
  `create table archive_page (
    token ${text} not null references archive (token) on delete cascade,
    place bigint not null,
    starts_at bigint not null,
    directory_at bigint not null,
    entries_json ${text} not null,
    primary key (token, place)
  )`,
  `create table partial_upload (
    id ${text} primary key,
    ${owner},
    folder ${text} not null,
    name ${text} not null,
    size bigint not null,
    received bigint not null,
    metadata_json ${text} not null,
    file_json ${text},
    expires_at bigint not null
  )`,
  'create index partial_upload_user on partial_upload (user_id)',
  'create index partial_upload_expiry on partial_upload (expires_at)',
]

/** An address may be longer than an index takes: there it stands by its hash. */
const imports = [
  `create table import_task (
    id ${text} primary key,
    ${arrival},
    ${owner},
    key_id ${text},
    requested_type ${text} not null,
    type ${text},
    url ${text} not null,
    folder ${text} not null,
    file_name ${text},
    video_json ${text} not null,
    state ${text} not null,
    progress double precision not null default 0,
    title ${text},
    error ${text},
    error_code ${text},
    notes_json ${text},
    result_link ${text},
    result_folder ${text},
    created_at bigint not null,
    updated_at bigint not null
  )`,
  'create index import_task_state on import_task (state, created_at)',
  'create index import_task_user on import_task (user_id, created_at)',
  `create table subscription (
    id ${text} primary key,
    ${owner},
    key_id ${text} not null,
    url ${text} not null,
    title ${text} not null,
    folder ${text} not null,
    quality ${text} not null,
    subtitles integer not null,
    thumbnail integer not null,
    every_hours bigint not null,
    only_new integer not null,
    state ${text} not null,
    is_begun integer not null default 0,
    created_at bigint not null,
    looked_at bigint,
    next_at bigint not null,
    failures bigint not null default 0,
    error ${text},
    error_code ${text},
    keep bigint
  )`,
  'create unique index subscription_url on subscription (user_id, md5(url))',
  'create index subscription_due on subscription (state, next_at)',
  `create table subscription_entry (
    subscription_id ${text} not null references subscription (id) on delete cascade,
    entry ${text} not null,
    task_id ${text},
    place bigint,
    files_json ${text}
  )`,
  'create index subscription_entry_task on subscription_entry (task_id)',
  'create unique index subscription_entry_once on subscription_entry (subscription_id, md5(entry))',
  `create table site_cookies (
    ${owner},
    site ${text} not null,
    amount bigint not null,
    sealed bytea not null,
    saved_at bigint not null,
    primary key (user_id, site)
  )`,
]

/** What all servers on one database must agree on, by its name. */
const settings = [
  `create table store (id ${text} not null)`,
  `create table setting (name ${text} primary key, value ${text} not null)`,
]

export async function createWholeSchema(database: Kysely<unknown>): Promise<void> {
  const statements = [
    ...[...accounts, ...keys, ...files, ...links, ...imports, ...settings],
    ...listingMarks,
  ]
  for (const statement of statements) await sql.raw(statement).execute(database)
}
