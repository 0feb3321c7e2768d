import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage, type RequestOptions } from 'node:http'
import { expect, test, vi } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { startBucketProxy } from '#server/testing/bucket-proxy.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { leftInBucket, testBucketConfig } from '#server/testing/test-bucket.ts'

const mib = 1024 * 1024

async function listed(server: TestServer) {
  return filesReply.parse(await (await server.get('/api/v1/files')).json()).files
}

/** Requests the link of a listed file at this server. */
async function openLink(server: TestServer, name: string, init?: RequestInit): Promise<Response> {
  return await fetch(await linkOf(server, name), init)
}

async function linkOf(server: TestServer, name: string): Promise<string> {
  const link = (await listed(server)).find((file) => file.name === name)?.link ?? ''
  return link.replace(/^.*(?=\/share)/, server.origin)
}

/** The same, as a program that is no browser: `fetch` says that it is a page's script. */
async function askLink(server: TestServer, name: string, options: RequestOptions = {}) {
  const request = get(await linkOf(server, name), options)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}

test('files in a bucket are uploaded, read in ranges, there after a restart, and deleted', async () => {
  const bucket = await testBucketConfig()
  await using server = await startTestServer({ config: { bucket, trashDays: 0 } })
  const bytes = Buffer.alloc(17 * mib, 'barkeep ')
  expect((await server.upload({ name: 'large.bin', bytes })).status).toBe(200)
  expect((await server.upload({ name: 'small.txt', bytes: 'abc' })).status).toBe(200)
  // The same again is the same file.
  expect((await server.upload({ name: 'large.bin', bytes })).status).toBe(200)
  await server.restart()
  expect((await listed(server)).map(({ name }) => name)).toEqual(['large.bin', 'small.txt'])
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`
  const range = { headers: { range: `bytes=${9 * mib}-${9 * mib + 99_999}`, 'if-range': etag } }
  const part = await openLink(server, 'large.bin', range)
  expect([part.status, part.headers.get('etag')]).toEqual([206, etag])
  const got = Buffer.from(await part.arrayBuffer())
  expect(got.equals(bytes.subarray(9 * mib, 9 * mib + 100_000))).toBe(true)
  const head = await openLink(server, 'large.bin', { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe(String(bytes.length))
  expect(head.headers.get('content-security-policy')).toContain('sandbox')
  expect(await (await openLink(server, 'small.txt')).text()).toBe('abc')
  const { objects } = await leftInBucket(bucket)
  await manageClient(server).delete(['/large.bin'])
  await vi.waitFor(
    async () => expect((await leftInBucket(bucket)).objects).toHaveLength(objects.length - 1),
    30_000,
  )
})

test('while the bucket is away uploads and reads are refused with 503, and go on by themselves', async () => {
  const bucket = await testBucketConfig()
  await using proxy = await startBucketProxy(bucket.endpoint ?? '')
  await using server = await startTestServer({
    config: { bucket: { ...bucket, endpoint: proxy.endpoint } },
  })
  await server.upload({ name: 'before.txt', bytes: 'before' })
  proxy.cut()
  const refused = await server.upload({ name: 'lost.txt', bytes: 'lost' })
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'unavailable' }])
  expect((await openLink(server, 'before.txt')).status).toBe(503)
  // Rows are there all the same.
  expect((await listed(server)).map(({ name }) => name)).toEqual(['before.txt'])
  proxy.mend()
  expect((await server.upload({ name: 'after.txt', bytes: 'after' })).status).toBe(200)
  expect(await (await openLink(server, 'before.txt')).text()).toBe('before')
})

test('films, pictures and downloads are given out by addresses in the bucket where that is wanted', async () => {
  const bucket = { ...(await testBucketConfig()), isRedirecting: true }
  const config = { bucket, publicUrl: 'https://files.example' }
  await using server = await startTestServer({ config })
  for (const name of ['film.mp4', 'page.html', 'drawing.svg', 'notes.txt', 'photo.jpg']) {
    await server.upload({ name, bytes: `bytes of ${name}` })
  }
  const moved = await askLink(server, 'film.mp4')
  expect([moved.statusCode, moved.headers['cache-control']]).toEqual([302, 'no-store'])
  const there = await fetch(moved.headers.location ?? '', { headers: { range: 'bytes=0-4' } })
  expect([there.status, await there.text(), there.headers.get('content-type')]).toEqual([
    ...[206, 'bytes', 'video/mp4'],
  ])
  const status = async (name: string, options?: RequestOptions) =>
    (await askLink(server, name, options)).statusCode
  const asked = (headers: Record<string, string>) => ({ headers })
  expect(await status('photo.jpg')).toBe(302)
  expect(await status('page.html')).toBe(302)
  expect(await status('notes.txt')).toBe(200)
  expect(await status('drawing.svg')).toBe(200)
  expect(await status('film.mp4', { method: 'HEAD' })).toBe(200)
  expect(await status('film.mp4', asked({ 'if-range': '"other"', range: 'bytes=0-4' }))).toBe(200)
  expect(await status('film.mp4', asked({ 'sec-fetch-mode': 'cors' }))).toBe(200)
  expect(await status('film.mp4', asked({ 'sec-fetch-mode': 'no-cors' }))).toBe(302)
  expect(await status('film.mp4', asked({ origin: 'https://else.example' }))).toBe(200)
  expect(await status('film.mp4', asked({ 'user-agent': 'Mozilla/5.0 (plain http)' }))).toBe(200)
  const policy = (await fetch(server.origin)).headers.get('content-security-policy')
  expect(policy).toContain(`media-src 'self' ${bucket.endpoint} blob:`)
})
