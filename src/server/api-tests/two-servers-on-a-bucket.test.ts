import { expect, test } from 'vitest'
import { uploadReply } from '#contract/uploads.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { leftInBucket, testBucketConfig } from '#server/testing/test-bucket.ts'
import { freshTestDatabase } from '#server/testing/test-postgres.ts'
import {
  beginAt,
  fileOf,
  offsetOf,
  sendPart,
  sha256,
  someBytes,
} from '#server/testing/tus-client.ts'

test('what one server takes is read at another, which goes on with its uploads in parts', async () => {
  const bucket = await testBucketConfig()
  await using fresh = await freshTestDatabase()
  const database = { url: fresh.url, maxConnections: 5 }
  const config = { bucket, database, publicUrl: 'https://files.example', trashDays: 0 }
  await using one = await startTestServer({ config })
  await using other = await startTestServer({ config })
  const { key } = one
  const reply = await one.upload({ name: 'a.txt', bytes: 'bytes of a' })
  const { link } = uploadReply.parse(await reply.json())
  const read = (address: string) => fetch(address.replace(/^.*(?=\/share)/, other.origin))
  expect(await (await read(link)).text()).toBe('bytes of a')
  // The same bytes at another server are the same file.
  const again = await other.upload({ name: 'a.txt', bytes: 'bytes of a' }, { key })
  expect(uploadReply.parse(await again.json()).link).toBe(link)

  const bytes = someBytes(19 * 1024 * 1024)
  const [here, there] = [
    { origin: one.origin, key },
    { origin: other.origin, key },
  ]
  const at = await beginAt(here, { name: 'b.bin', size: bytes.length })
  const half = 9 * 1024 * 1024 + 5
  await sendPart(here, at, { offset: 0, bytes: bytes.slice(0, half) })
  expect(await offsetOf(there, at)).toBe(half)
  const file = fileOf(await sendPart(there, at, { offset: half, bytes: bytes.slice(half) }))
  const got = new Uint8Array(await (await read(file?.link ?? '')).arrayBuffer())
  expect(sha256(got)).toBe(sha256(bytes))
  const left = await leftInBucket(bucket)
  expect([left.objects.length, left.uploads]).toEqual([3, []])
})
