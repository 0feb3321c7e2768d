import type { FastifyBaseLogger } from 'fastify'
import type { KnownAddresses } from '#server/account/web-session/sign-in-limits.ts'
import type { Changes } from '#server/core/changes.ts'
import type { Clock } from '#server/core/clock.ts'
import type { Config } from '#server/core/config.ts'
import type { Locks } from '#server/core/locks.ts'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'
import type { IdempotencyStore } from '#server/idempotency/idempotency-store.ts'
import type { ImportTasks } from '#server/imports/tasks/import-tasks.ts'
import type { LeasedTasks } from '#server/imports/tasks/leased-tasks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import type { Disk } from '#server/storage/disk/disk.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'
import type { NameSearch } from '#server/storage/name-search.ts'

/**
 * All that a server keeps, and what keeps its work apart: of this server alone (`embedded-store.ts`), or
 * shared with others (`shared-store.ts`).
 */
export type OwnStore = {
  database: Database
  blobs: BlobStore
  locks: Locks
  changes: Changes
  limiters: RateLimiters
  /** From where people have signed in before. */
  known: KnownAddresses
  idempotencyStore: IdempotencyStore
  importTasks: ImportTasks | LeasedTasks
  names: NameSearch
  /** Signs the cookies of web sessions. */
  secret: string
  /** Seals the sign-in cookies of sites: 32 bytes. */
  readCookiesKey(): Promise<Buffer>
  /** Whether other servers may work on the same. */
  hasPeers: boolean
  /** One server at a time; who waits finds what the one before has made. */
  firstStartOnce<Result>(work: () => Promise<Result>): Promise<Result>
  /** Problems that the start found, for the owner. */
  found: string[]
  /** What it does by itself, from when the server listens until it is about to close. */
  start(): void
  stop(): Promise<void>
  /** After everything that uses it. */
  close(): Promise<void>
}

/** What a store is opened with. */
export type StoreOptions = {
  config: Pick<
    Config,
    'dataFolder' | 'accepted' | 'database' | 'bucket' | 'sessionSecret' | 'serverName'
  >
  clock: Clock
  disk: Disk
  startHasher(): FileHasher
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
}

/** Closes what was opened, the last first. */
export type Opened = (() => Promise<void>)[]

export async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened.toReversed()) await close()
}
