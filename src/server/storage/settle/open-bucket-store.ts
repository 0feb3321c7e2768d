import type { BucketConfig } from '#server/core/bucket-config.ts'
import { openBucketBlobs, openTriedBucket } from '#server/storage/s3/open-bucket-blobs.ts'
import { inspectDatabase } from '#server/storage/sqlite/inspect-database.ts'
import { databaseFile, knownFormat, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import type { Store, StoreOptions } from './store.ts'

type Options = StoreOptions & { bucket: BucketConfig }

/**
 * Opens the database of a data folder whose stored files are in a bucket. Before anything is served.
 * @throws ConfigError where one of both cannot be used, or they do not belong together
 */
export async function openBucketStore(options: Options): Promise<Store> {
  const bucket = await openTriedBucket(options.bucket)
  const file = databaseFile(options.dataFolder)
  try {
    await inspectDatabase(file, knownFormat)
    const database = await openDatabase(file)
    try {
      const blobs = await openBucketBlobs({
        ...{ ...options, bucket, database, isAlone: true },
        isRedirecting: options.bucket.isRedirecting,
      })
      blobs.startSweeping()
      const close = async () => {
        await blobs.close()
        await database.destroy()
      }
      return { database, blobs, found: [], close }
    } catch (error) {
      await database.destroy()
      throw error
    }
  } catch (error) {
    bucket.close()
    throw error
  }
}
