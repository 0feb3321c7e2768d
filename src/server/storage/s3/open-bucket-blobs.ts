import type { Locks } from '#server/core/locks.ts'
import type { Database } from '#server/storage/database.ts'
import type { Disk } from '#server/storage/disk/disk.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'
import { type Bucket, type BucketSettings, openBucket } from './bucket.ts'
import { openS3Blobs, type S3Blobs } from './s3-blobs.ts'
import { openScratch } from './scratch.ts'
import { requireIdentity, settleBucket, tryBucket } from './settle-bucket.ts'

/**
 * A bucket that was seen to work: before the database is touched.
 * @throws ConfigError that says what to do
 */
export async function openTriedBucket(settings: BucketSettings): Promise<Bucket> {
  const bucket = await openBucket(settings)
  try {
    await tryBucket(bucket)
    return bucket
  } catch (error) {
    bucket.close()
    throw error
  }
}

type Options = {
  /** Closed with the blobs. */
  bucket: Bucket
  database: Database
  /** What is in it is on its way to the bucket, or of programs. */
  dataFolder: string
  disk: Disk
  hasher: FileHasher
  locks: Locks
  /** No other server has this database. */
  isAlone: boolean
  /** Whether addresses in the bucket are given out. */
  isRedirecting: boolean
  warn(error: unknown): void
  /** Ends what still works in these folders, before they are swept. */
  endLeftovers(workFolders: string[]): Promise<void>
}

/**
 * The blobs of a bucket that belongs to the database; what a crash left is cleared up.
 * @throws ConfigError where they do not belong together, and has changed nothing then
 */
export async function openBucketBlobs(options: Options): Promise<S3Blobs> {
  const { bucket, database, dataFolder, disk, locks } = options
  const scratch = await openScratch(dataFolder, disk)
  await locks.run(['start of the store'], () => settleBucket(database, bucket))
  await options.endLeftovers([scratch.work])
  const blobs = await openS3Blobs({ ...options, scratch, now: () => performance.now() })
  await blobs.sweep()
  return blobs
}

type ReadOptions = Pick<Options, 'database' | 'disk' | 'hasher'> & { folder: string }

/** To be read only: nothing is written, not even to try it. @throws ConfigError where it is not reached */
export async function openReadableBlobs(
  settings: BucketSettings,
  { folder, ...options }: ReadOptions,
): Promise<S3Blobs> {
  const bucket = await openBucket(settings)
  try {
    await requireIdentity(options.database, bucket)
    const scratch = { folder, staging: folder, work: folder }
    const now = () => performance.now()
    return await openS3Blobs({ ...options, bucket, scratch, isAlone: false, now, warn: () => {} })
  } catch (error) {
    bucket.close()
    throw error
  }
}
