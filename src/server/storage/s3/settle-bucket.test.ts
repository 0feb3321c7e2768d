import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { startTestBucket, type TestBucket } from '#server/testing/test-bucket.ts'
import { type BucketSettings, openBucket } from './bucket.ts'
import { settleBucket, tryBucket } from './settle-bucket.ts'

async function refusal(work: Promise<void>): Promise<string> {
  const error: Error | null = await work.then(
    () => null,
    (reason) => reason,
  )
  expect(error?.name).toBe('ConfigError')
  expect(error?.message).not.toContain('\n')
  return error?.message ?? ''
}

async function tryWith({ settings }: TestBucket, other: Partial<BucketSettings>): Promise<string> {
  const bucket = await openBucket({ ...settings, ...other })
  try {
    return await refusal(tryBucket(bucket))
  } finally {
    bucket.close()
  }
}

test('a bucket that works is tried without a trace; one that does not is told in a line', async () => {
  await using tested = await startTestBucket()
  const bucket = await openBucket(tested.settings)
  await tryBucket(bucket)
  bucket.close()
  const wrongKey = { accessKeyId: 'barkeep:test', secretAccessKey: 'wrong' }
  const nobody = { accessKeyId: 'nobody:here', secretAccessKey: 'secret' }
  const texts = await Promise.all([
    tryWith(tested, { endpoint: 'http://127.0.0.1:9' }),
    tryWith(tested, { endpoint: 'http://no-such-host.invalid' }),
    tryWith(tested, { bucket: 'no-such-bucket' }),
    tryWith(tested, { credentials: wrongKey }),
    tryWith(tested, { credentials: nobody }),
  ])
  expect(texts).toEqual([
    expect.stringMatching(
      /not reached at http:\/\/127.0.0.1:9.*nothing listens.*BARKEEP_S3_ENDPOINT/,
    ),
    expect.stringMatching(/not reached at .*no-such-host.*(no such host|cannot be looked up)/),
    expect.stringMatching(/^There is no bucket no-such-bucket at .*BARKEEP_S3_BUCKET/),
    expect.stringMatching(/key may not read and write.*SignatureDoesNotMatch.*_SECRET_ACCESS_KEY/),
    expect.stringMatching(/key may not read and write.*_ACCESS_KEY_ID/),
  ])
  expect(await tested.objects()).toEqual([])
})

test('a database keeps to its bucket, and a bucket to its database', async () => {
  await using tested = await startTestBucket()
  const bucket = await openBucket(tested.settings)
  const other = await openBucket({ ...tested.settings, prefix: `${tested.settings.prefix}other/` })
  const folder = await mkdtemp(join(tmpdir(), 'barkeep-settle-'))
  const database = await openDatabase(join(folder, 'barkeep.db'))
  try {
    await settleBucket(tested.database, bucket)
    await settleBucket(tested.database, bucket)
    // The other prefix is in this one, and nobody's.
    expect(await refusal(settleBucket(tested.database, other))).toMatch(
      /belongs to no database yet/,
    )
    // A start that ended before it noted the id in its database is begun again.
    await tested.database.deleteFrom('store').execute()
    await settleBucket(tested.database, bucket)

    await settleBucket(database, other)
    expect(await refusal(settleBucket(database, bucket))).toMatch(/belongs to another database/)
    await database.deleteFrom('store').execute()
    expect(await refusal(settleBucket(database, bucket))).toMatch(
      /files that the database does not/,
    )
    expect(await database.selectFrom('store').selectAll().execute()).toEqual([])
  } finally {
    for (const one of [bucket, other]) one.close()
    await database.destroy()
    await rm(folder, { recursive: true })
  }
})

test('files that are elsewhere keep a database from taking an empty bucket', async () => {
  await using tested = await startTestBucket()
  const blobs = await tested.openBlobs()
  const [blobId = ''] = await blobs.commit([await blobs.stage(noBytes())])
  await tested.list(blobs, { blobId, size: 0 })
  await blobs.remove(blobId)
  const elsewhere = await openBucket({
    ...tested.settings,
    prefix: `${tested.settings.prefix}new/`,
  })
  expect(await refusal(settleBucket(tested.database, elsewhere))).toMatch(/files .* are elsewhere/)
  elsewhere.close()
})

async function* noBytes() {}
