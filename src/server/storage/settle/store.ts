import type { BucketConfig } from '#server/core/bucket-config.ts'
import type { Locks } from '#server/core/locks.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import type { Disk } from '#server/storage/disk/disk.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'

export type StoreOptions = {
  dataFolder: string
  disk: Disk
  hasher: FileHasher
  /** Two who start at once would sweep each other's uploads away. */
  locks: Locks
  /** Epoch milliseconds. */
  now: number
  /** The code of a mismatch that the owner accepts. */
  accepted: string | null
  /** Ends what still works in these folders, before they are swept. */
  endLeftovers(workFolders: string[]): Promise<void>
  /** Where stored files are; null: in the data folder. */
  bucket: BucketConfig | null
  /** What went wrong by the way, once it runs. */
  warn(error: unknown): void
}

/** What was found is for the owner to know. */
export type Store = {
  database: Database
  blobs: BlobStore
  found: string[]
  close(): Promise<void>
}
