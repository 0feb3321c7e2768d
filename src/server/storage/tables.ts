import type { Generated } from 'kysely'
import type { BlobClaimTable, PartialBlobTable } from './bucket-tables.ts'
import type { AccountTable, SessionTable, UserTable, VerificationTable } from './sign-in-tables.ts'

/**
 * Every table there is. `user`, `session`, `account` and `verification` belong to better-auth
 * (`sign-in-tables.ts`). In our own tables times are epoch milliseconds and `…_json` columns are JSON text.
 */
export type Tables = {
  user: UserTable
  session: SessionTable
  account: AccountTable
  verification: VerificationTable
  api_key: ApiKeyTable
  file: FileTable
  folder: FolderTable
  listing_mark: ListingMarkTable
  import_task: ImportTaskTable
  site_cookies: SiteCookiesTable
  idempotency: IdempotencyTable
  store: { id: string }
  /** Up to which rowid the names of files are in the index of trigrams. */
  search_state: { indexed_to: number }
  missing_blob: { blob_id: string; noticed_at: number }
  trash: TrashTable
  share: ShareTable
  share_item: ShareItemTable
  /** Bytes that no row knows any more and that are still to be removed. */
  doomed_blob: { blob_id: string }
  blob_claim: BlobClaimTable
  partial_blob: PartialBlobTable
  partial_blob_part: { id: string; number: number; etag: string }
  /** The first bytes of a part that is not full yet are an object of their own. */
  partial_blob_tail: { id: string; number: number; bytes: number }
  archive: ArchiveTable
  archive_page: ArchivePageTable
  partial_upload: PartialUploadTable
  subscription: SubscriptionTable
  subscription_entry: SubscriptionEntryTable
}

type SiteCookiesTable = {
  user_id: string
  site: string
  amount: number
  sealed: Uint8Array
  saved_at: number
}

/** The secret itself is never here: `secret_hash` is its SHA-256 in hex. */
type ApiKeyTable = {
  id: string
  user_id: string
  name: string
  secret_hash: string
  prefix: string
  last4: string
  scopes_json: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
}

/**
 * `requested_name` is what the client called it, `name` what it got, `folded_name` what it is sorted by
 * (`nameKey`), `searched_name` what a search looks at (`foldName`).
 * Copies have one `blob_id`. `is_renamed`: 1 where links with another name may be about.
 */
export type FileTable = {
  id: string
  user_id: string
  /** 0 for the root, null in the trash. A file may be in a folder that is, or is below one that is. */
  folder_id: number | null
  name: string
  requested_name: string
  folded_name: string
  searched_name: string
  size: number
  sha256: string
  blob_id: string
  tracking_id: string
  uploaded_at: number
  is_renamed: Generated<number>
  /** Null for what was uploaded before it was noted, until an archive needs it. */
  crc32: number | null
  /** px, as a picture is shown; null until somebody has looked at it. */
  width: number | null
  height: number | null
}

/** The root has no row: it is 0 for every user. Null: nowhere, as in the trash. */
export type FolderTable = {
  id: Generated<number>
  user_id: string
  parent_id: number | null
  name: string
  folded_name: string
  searched_name: string
}

/**
 * `files` are in the folder from `(value, folded_name, id)` on, up to the next checkpoint, in the order
 * that `sort` says (`sortNumbers`). Triggers maintain it.
 */
type ListingMarkTable = {
  user_id: string
  folder_id: number
  sort: number
  /** The size or the time; 0 by name. */
  value: number
  folded_name: string
  id: string
  files: number
}

/** A file or a folder that is nowhere: deleted, deleted for ever and not gone yet, or a copy not made yet. */
export type TrashTable = {
  id: string
  user_id: string
  /** One of both. */
  file_id: string | null
  folder_id: number | null
  /** The path of the folder that it was in. */
  parent: string
  name: string
  /** Bytes; null for a folder that nobody has measured yet. */
  size: number | null
  deleted_at: number
  state: 'kept' | 'purging' | 'building'
}

/**
 * A link for people without a key; it is deleted when it is revoked. `secret_hash` is the SHA-256 of the
 * guest key in hex.
 */
export type ShareTable = {
  id: string
  user_id: string
  kind: 'read' | 'upload'
  name: string
  secret_hash: string
  prefix: string
  last4: string
  password_hash: string | null
  /** 0 for the root, null for a selection, which is in `share_item`. */
  folder_id: number | null
  created_at: number
  expires_at: number
  last_used_at: number | null
  /** Null where nothing is taken. */
  max_bytes: number | null
  used_bytes: Generated<number>
  files: Generated<number>
}

/** A file or a folder of a selection: one of both ids. */
type ShareItemTable = {
  share_id: string
  place: number
  file_id: string | null
  folder_id: number | null
}

/** All that an import needs to start again after a restart. `progress` is 0–100. */
export type ImportTaskTable = {
  id: string
  user_id: string
  /** The key that started it; null where a version before did not note it. */
  key_id: string | null
  /** What was asked for: auto, file or video. */
  requested_type: string
  /** What it turned out to be: file or video; null while that is not known. */
  type: string | null
  url: string
  folder: string
  file_name: string | null
  video_json: string
  state: string
  progress: number
  title: string | null
  error: string | null
  /** Why it failed, for programs; null also where a version before noted none. */
  error_code: string | null
  /** What was left out and why, as the contract's notes; null where nothing was. */
  notes_json: string | null
  result_link: string | null
  result_folder: string | null
  created_at: number
  updated_at: number
}

/** The answer a request got, kept 24 hours under the key its client gave it. */
type IdempotencyTable = {
  user_id: string
  endpoint: string
  key: string
  /** What was asked, so that a key used again for something else is refused. */
  fingerprint: string
  reply_json: string
  created_at: number
}

/** A zip that a link streams: what is in it was fixed when the link was made. `etag` is empty until then. */
export type ArchiveTable = {
  token: string
  user_id: string
  key_id: string
  name: string
  etag: string
  /** Bytes of the zip. */
  size: number
  files: number
  /** Files and folders. */
  entries: number
  /** Where in the zip its directory begins. */
  directory_at: number
  directory_size: number
  created_at: number
  expires_at: number
}

/** Some entries of an archive, in their order. Both offsets count bytes of the zip. */
type ArchivePageTable = {
  token: string
  place: number
  starts_at: number
  directory_at: number
  entries_json: string
}

/** A file that comes in parts; `id` is that of its partial blob, too. */
export type PartialUploadTable = {
  id: string
  user_id: string
  folder: string
  name: string
  /** Bytes of the whole file. */
  size: number
  /** Bytes that are safe. */
  received: number
  /** What its client said of it. */
  metadata_json: string
  /** The file that it became; null while it is none. Its bytes are a blob then. */
  file_json: string | null
  expires_at: number
}

/** A list that is kept in step, by the key that asked for it. Switches are 0 or 1. */
export type SubscriptionTable = {
  id: string
  user_id: string
  key_id: string
  url: string
  title: string
  folder: string
  quality: string
  subtitles: number
  thumbnail: number
  every_hours: number
  only_new: number
  /** `on`, `paused` or `stopped`. */
  state: string
  /** How many videos of it stay; null for all. */
  keep: number | null
  /** It was looked at once without failure: what the list held then was taken or left. */
  is_begun: number
  created_at: number
  looked_at: number | null
  next_at: number
  /** In a row. */
  failures: number
  error: string | null
  error_code: string | null
}

/** What of a list was taken, or left where `task_id` is null. */
type SubscriptionEntryTable = {
  subscription_id: string
  entry: string
  task_id: string | null
  /** Rises with each that is taken; null where none was, or a version before did. */
  place: number | null
  /** The files that its import made, as they were listed; null where they are not to be looked for. */
  files_json: string | null
}
