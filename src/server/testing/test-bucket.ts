import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { BucketConfig } from '#server/core/bucket-config.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'
import { type Database, unitOf } from '#server/storage/database.ts'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { createFileHasher } from '#server/storage/disk/file-hasher.ts'
import { type BucketSettings, openBucket } from '#server/storage/s3/bucket.ts'
import { openS3Blobs, type S3Blobs } from '#server/storage/s3/s3-blobs.ts'
import { openScratch } from '#server/storage/s3/scratch.ts'
import { openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { openTestDatabase } from './test-postgres.ts'

/** Blobs in a real bucket, under a prefix of their own, beside an empty database. */
export type TestBucket = AsyncDisposable & {
  settings: BucketSettings
  database: Database
  /** Another server on the same bucket and database, with a scratch folder that outlives it. */
  openBlobs(options?: OpenOptions): Promise<S3Blobs>
  /** Lists the file of a blob, as adding files does. */
  list(blobs: S3Blobs, blob: KnownBlob): Promise<void>
  /** Keys and sizes of all objects. */
  objects(): Promise<{ key: string; size: number }[]>
  /** Keys of uploads that were begun and neither ended nor aborted. */
  uploads(): Promise<string[]>
}

type Keys = { accessKeyId: string; secretAccessKey: string }

type OpenOptions = { settings?: Partial<BucketSettings>; now?(): number; isAlone?: boolean }

/** Where the engine is that all tests of a run share: started for the first who asks. */
async function testBucketSettings(prefix = `${randomUUID()}/`): Promise<BucketSettings> {
  const answer = await fetch(new URL('bucket', inject('engines' as never)))
  if (!answer.ok) throw new Error(await answer.text())
  const engine = (await answer.json()) as Record<'endpoint' | 'bucket' | 'region', string> & Keys
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = engine
  const credentials = { accessKeyId, secretAccessKey }
  return { endpoint, bucket, region, prefix, isPathStyle: true, credentials }
}

/** The same as the settings of a server. */
export async function testBucketConfig(): Promise<BucketConfig> {
  return { ...(await testBucketSettings()), isRedirecting: false }
}

/** The same as a process is told. */
export function bucketEnvironment(bucket: BucketConfig): Record<string, string> {
  return {
    BARKEEP_S3_ENDPOINT: bucket.endpoint ?? '',
    BARKEEP_S3_BUCKET: bucket.bucket,
    BARKEEP_S3_REGION: bucket.region,
    BARKEEP_S3_PREFIX: bucket.prefix,
    BARKEEP_S3_ACCESS_KEY_ID: bucket.credentials?.accessKeyId ?? '',
    BARKEEP_S3_SECRET_ACCESS_KEY: bucket.credentials?.secretAccessKey ?? '',
  }
}

/** Keys of all objects, and of uploads that were begun and neither ended nor aborted. */
export async function leftInBucket(settings: BucketSettings) {
  const bucket = await openBucket(settings)
  const objects: string[] = []
  for await (const { key } of bucket.list()) objects.push(key)
  bucket.close()
  return { objects, uploads: await listUploads(settings) }
}

/** @param isShared whether rows are in the database that several servers may have */
export async function startTestBucket({ isShared = false } = {}): Promise<TestBucket> {
  const settings = await testBucketSettings()
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-s3-'))
  const shared = isShared ? await openTestDatabase() : null
  const database = shared?.database ?? (await openDatabase(join(folder, 'barkeep.db')))
  const hasher = createFileHasher()
  const scratchFolder = join(folder, 'scratch')
  await mkdir(scratchFolder)
  const opened: S3Blobs[] = []
  const looker = await openBucket(settings)
  return {
    settings,
    database,
    async openBlobs({ settings: other, now = () => performance.now(), isAlone = true } = {}) {
      const blobs = await openS3Blobs({
        ...{ database, hasher, disk: systemDisk, isAlone, now },
        bucket: await openBucket({ ...settings, ...other }),
        scratch: await openScratch(scratchFolder, systemDisk),
        warn: () => {},
      })
      opened.push(blobs)
      return blobs
    },
    list: (blobs, blob) => listBlob(database, blobs, blob),
    async objects() {
      const found: { key: string; size: number }[] = []
      for await (const object of looker.list()) found.push(object)
      return found
    },
    uploads: () => listUploads(settings),
    async [Symbol.asyncDispose]() {
      for (const blobs of opened) await blobs.close()
      looker.close()
      await (shared ? shared[Symbol.asyncDispose]() : database.destroy())
      await hasher.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function listBlob(database: Database, blobs: S3Blobs, blob: KnownBlob): Promise<void> {
  const { blobId, size } = blob
  await database
    .insertInto('user')
    .values({ id: 'somebody', name: 'somebody', email: 'somebody@test.invalid', ...times })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await database.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('file')
      .values({
        ...{ id: randomUUID(), user_id: 'somebody', folder_id: 0, blob_id: blobId, size },
        ...{ name: blobId, requested_name: blobId, folded_name: blobId, searched_name: blobId },
        ...{ sha256: '', tracking_id: randomUUID(), uploaded_at: 0, crc32: null },
        ...{ width: null, height: null },
      })
      .execute()
    await blobs.settle(unitOf(transaction), [blobId])
  })
}

const times = { createdAt: new Date(0).toISOString(), updatedAt: new Date(0).toISOString() }

async function listUploads({ prefix, bucket, ...settings }: BucketSettings): Promise<string[]> {
  const { ListMultipartUploadsCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    ...{ endpoint: settings.endpoint ?? '', region: settings.region, forcePathStyle: true },
    ...(settings.credentials && { credentials: settings.credentials }),
  })
  const asked = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })
  const { Uploads = [] } = await client.send(asked)
  client.destroy()
  return Uploads.map(({ Key = '' }) => Key)
}
