import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#server/core/config.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import { createFileHasher } from '#server/storage/disk/file-hasher.ts'
import { createCheckRepository } from './check-repository.ts'
import { checkStore, tellCheck } from './check-store.ts'
import { wrongUsage } from './cli-arguments.ts'

/** Words after `check`. @throws CliFailure for wrong usage */
export function readCheck(given: string[]): { isDeep: boolean } {
  const wrong = given.find((word) => word !== '--deep')
  if (wrong !== undefined) throw wrongUsage(`"check" does not take "${wrong}".`)
  return { isDeep: given.length > 0 }
}

/** Compares what the database says with what is stored. @throws ConfigError where the bucket cannot be used */
export async function runCheck(
  { isDeep }: { isDeep: boolean },
  config: Config,
  database: Database,
): Promise<{ text: string; isWell: boolean }> {
  const { blobs, close } = await openBlobs(config, database)
  try {
    const outcome = await checkStore({ rows: createCheckRepository(database), blobs, isDeep })
    return { text: tellCheck(outcome), isWell: outcome.problems.length === 0 }
  } finally {
    await close()
  }
}

type OpenedBlobs = { blobs: BlobStore; close(): Promise<void> }

/** To read them: no folder is made, nothing is swept. */
async function openBlobs(config: Config, database: Database): Promise<OpenedBlobs> {
  const hasher = createFileHasher()
  if (config.bucket === null) {
    const { dataFolder } = config
    const blobsFolder = join(dataFolder, 'blobs')
    const none = { staging: '', work: '', lostAndFound: '', scratch: [] }
    const folders = { ...none, blobs: blobsFolder }
    const blobs = await openDiskBlobs({ dataFolder, folders, disk: systemDisk, hasher })
    return { blobs, close: () => hasher.close() }
  }
  const { openReadableBlobs } = await import('#server/storage/s3/open-bucket-blobs.ts')
  const blobs = await openReadableBlobs(config.bucket, {
    ...{ database, hasher, disk: systemDisk, folder: tmpdir() },
  })
  return { blobs, close: () => blobs.close().then(() => hasher.close()) }
}
