import { randomUUID } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { startBucket } from './bucket.ts'

test('a bucket starts on loopback, keeps what it was given over a pause, and ends', async () => {
  const engine = await startBucket()
  const { endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = engine
  const client = new S3Client({
    ...{ endpoint, region, forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId, secretAccessKey },
  })
  const at = { Bucket, Key: randomUUID() }
  try {
    await client.send(new PutObjectCommand({ ...at, Body: 'kept' }))
    await engine.pause()
    await expect(fetch(endpoint)).rejects.toThrow()
    await engine.restart()
    const { Body } = await client.send(new GetObjectCommand(at))
    expect(await Body?.transformToString()).toBe('kept')
  } finally {
    client.destroy()
    await engine.stop()
  }
  await expect(fetch(endpoint)).rejects.toThrow()
})
