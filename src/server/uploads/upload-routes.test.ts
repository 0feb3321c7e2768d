import { expect, test, vi } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { filesReply } from '#contract/files.ts'
import { type UploadReply, uploadReply } from '#contract/uploads.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, refuseWrites, stagedPaths } from '#server/testing/test-store.ts'
import { watchUpload } from './upload-routes.ts'

async function upload(
  server: TestServer,
  file: { name: string; folder?: string; bytes: string },
  headers: Record<string, string> = {},
): Promise<UploadReply> {
  const reply = await server.upload(file, { headers })
  expect(reply.status).toBe(200)
  return uploadReply.parse(await reply.json())
}

async function listedNames(server: TestServer, folder = '/'): Promise<string[]> {
  const reply = await server.get(`/api/v1/files?path=${encodeURIComponent(folder)}`)
  return filesReply.parse(await reply.json()).files.map((file) => file.name)
}

test('an upload is listed, its link gives the same bytes, and a restart changes nothing', async () => {
  await using server = await startTestServer()
  const sent = await upload(server, { name: 'movie.mp4', folder: '/Films', bytes: 'pictures' })
  expect(sent).toMatchObject({ file_name: 'movie.mp4', size: 8, folder: '/Films/' })
  expect(sent.link).toBe(`${server.origin}/share/${sent.tracking_id}/movie.mp4`)
  expect(await (await fetch(sent.link)).text()).toBe('pictures')
  expect(await listedNames(server, '/Films/')).toEqual(['movie.mp4'])

  await server.restart()
  expect(await listedNames(server, '/Films/')).toEqual(['movie.mp4'])
})

test('a file may be empty', async () => {
  await using server = await startTestServer()
  const sent = await upload(server, { name: 'empty', bytes: '' })
  expect(sent.size).toBe(0)
  const reply = await fetch(sent.link)
  expect(reply.headers.get('content-length')).toBe('0')
  expect(await reply.text()).toBe('')
})

test('a body in chunks of any size is stored as it was sent', async () => {
  await using server = await startTestServer()
  // More than is written and hashed in one step.
  const sizes = [1, 1, 2047, 2048, 1, 8192, 3, 70_000, ...Array<number>(2_000).fill(1_500)]
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index))
  const body = ReadableStream.from(chunks)
  const init = { body, duplex: 'half' } as const
  const sent = uploadReply.parse(await (await server.upload({ name: 'a', bytes: '' }, init)).json())
  const stored = await (await fetch(sent.link)).bytes()
  expect(Buffer.compare(stored, Buffer.concat(chunks))).toBe(0)
})

test('a taken name gets a number before its extension; nothing is overwritten', async () => {
  await using server = await startTestServer()
  const names: string[] = []
  for (const bytes of ['one', 'two', 'three']) {
    names.push((await upload(server, { name: 'a.txt', bytes })).file_name)
  }
  expect(names).toEqual(['a.txt', 'a (2).txt', 'a (3).txt'])
  expect(await blobPaths(server)).toHaveLength(3)
})

test('the same folder, name and bytes are the same file, with the same answer', async () => {
  await using server = await startTestServer()
  const first = await upload(server, { name: 'a.txt', bytes: 'one' })
  expect(await upload(server, { name: 'a.txt', bytes: 'one' })).toEqual(first)
  expect(await blobPaths(server)).toHaveLength(1)
  // Other bytes, another name or another folder are another file.
  const second = await upload(server, { name: 'a.txt', bytes: 'two' })
  await upload(server, { name: 'b.txt', bytes: 'one' })
  await upload(server, { name: 'a.txt', folder: '/f/', bytes: 'one' })
  expect(await blobPaths(server)).toHaveLength(4)
  // A browser that sends the second upload again means that one, though it got another name.
  expect(await upload(server, { name: 'a.txt', bytes: 'two' })).toEqual(second)
})

test('uploads of one name at once all live, under different names', async () => {
  await using server = await startTestServer()
  const uploads = Array.from({ length: 12 }, (_, index) =>
    upload(server, { name: 'a.txt', bytes: `bytes ${index}` }),
  )
  const names = (await Promise.all(uploads)).map((sent) => sent.file_name)
  expect(new Set(names).size).toBe(12)
  expect(new Set(await listedNames(server))).toEqual(new Set(names))
})

test('the same upload twice at once is one file', async () => {
  await using server = await startTestServer()
  const uploads = Array.from({ length: 5 }, () => upload(server, { name: 'a', bytes: 'same' }))
  const answers = await Promise.all(uploads)
  expect(new Set(answers.map((sent) => sent.tracking_id)).size).toBe(1)
  expect(await blobPaths(server)).toHaveLength(1)
})

test('a name of 255 bytes is taken, and its numbered form still fits', async () => {
  await using server = await startTestServer()
  const name = `${'🍺'.repeat(62)}abc.txt`
  expect((await upload(server, { name, bytes: 'one' })).file_name).toBe(name)
  const second = await upload(server, { name, bytes: 'two' })
  expect(Buffer.byteLength(second.file_name)).toBeLessThanOrEqual(255)
  expect(second.file_name).toMatch(/ \(2\)\.txt$/)
  expect(await (await fetch(second.link)).text()).toBe('two')
})

test('names are stored in one Unicode form', async () => {
  await using server = await startTestServer()
  const sent = await upload(server, { name: 'e\u0301.txt', folder: '/u\u0308/', bytes: 'x' })
  expect(sent).toMatchObject({ file_name: '\u00e9.txt', folder: '/\u00fc/' })
})

test('an Idempotency-Key gives its first answer again', async () => {
  await using server = await startTestServer()
  const headers = { 'idempotency-key': 'k1' }
  const file = { name: 'a.txt', bytes: 'one' }
  const first = await upload(server, file, headers)
  const again = await Promise.all([upload(server, file, headers), upload(server, file, headers)])
  expect(again).toEqual([first, first])
  expect(await blobPaths(server)).toHaveLength(1)
  expect(await stagedPaths(server)).toEqual([])
})

test('other bytes of the same length under a used Idempotency-Key are refused, not lost', async () => {
  await using server = await startTestServer()
  const headers = { 'idempotency-key': 'k1' }
  await upload(server, { name: 'a.txt', bytes: 'one' }, headers)
  const refused = await server.upload({ name: 'a.txt', bytes: 'two' }, { headers })
  expect(refused.status).toBe(400)
  expect(errorReply.parse(await refused.json()).message).toContain('Idempotency-Key')
  expect(await stagedPaths(server)).toEqual([])
  const next = await upload(server, { name: 'a.txt', bytes: 'two' }, { 'idempotency-key': 'k2' })
  expect(next.file_name).toBe('a (2).txt')
})

test('an Idempotency-Key answers for what it was used for only, and not for ever', async () => {
  const clock = { ms: 0, now: () => Date.now() + clock.ms, monotonic: () => performance.now() }
  await using server = await startTestServer({ dependencies: { clock } })
  const headers = { 'idempotency-key': 'k1' }
  await upload(server, { name: 'a.txt', bytes: 'one' }, headers)
  const other = await server.upload({ name: 'b.txt', bytes: 'one' }, { headers })
  expect(other.status).toBe(400)
  expect(errorReply.parse(await other.json()).message).toContain('Idempotency-Key')
  clock.ms += 24 * 60 * 60 * 1000 + 1
  expect((await upload(server, { name: 'b.txt', bytes: 'one' }, headers)).file_name).toBe('b.txt')
})

test('what an Idempotency-Key failed at can be tried again', async () => {
  await using server = await startTestServer({ config: { uploadMaxBytes: 3 } })
  const headers = { 'idempotency-key': 'k1' }
  expect((await server.upload({ name: 'a', bytes: 'four' }, { headers })).status).toBe(413)
  expect((await server.upload({ name: 'a', bytes: 'one' }, { headers })).status).toBe(200)
})

test('a file is not listed when the answer to its Idempotency-Key cannot be kept', async () => {
  await using server = await startTestServer()
  const file = { name: 'a', bytes: 'one' }
  const refusal = refuseWrites(server, "a request's reply")
  const headers = { 'idempotency-key': 'k1' }
  expect((await server.upload(file, { headers })).status).toBe(500)
  expect(await listedNames(server)).toEqual([])
  expect(await blobPaths(server)).toHaveLength(0)
  refusal[Symbol.dispose]()
  await upload(server, file, headers)
})

test('an Idempotency-Key is good for one account, and over a restart', async () => {
  await using server = await startTestServer()
  const key = await server.keyWith({ username: 'alice' })
  const headers = { 'idempotency-key': 'k1' }
  const mine = await upload(server, { name: 'a.txt', bytes: 'mine' }, headers)
  expect((await server.upload({ name: 'b.txt', bytes: 'hers' }, { key, headers })).status).toBe(200)
  await server.restart()
  const again = await upload(server, { name: 'a.txt', bytes: 'mine' }, headers)
  expect(again).toEqual(mine)
  expect((await server.upload({ name: 'c.txt', bytes: 'x' }, { headers })).status).toBe(400)
})

test('what one account stores another neither sees nor joins', async () => {
  await using server = await startTestServer()
  const key = await server.keyWith({ username: 'alice' })
  const mine = await upload(server, { name: 'a.txt', folder: '/mine/', bytes: 'x' })
  expect((await server.get('/api/v1/files?path=/mine/', { key })).status).toBe(404)
  const file = { name: 'a.txt', folder: '/mine/', bytes: 'x' }
  const hers = uploadReply.parse(await (await server.upload(file, { key })).json())
  expect(hers.tracking_id).not.toBe(mine.tracking_id)
})

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Runs the guard for a client that sends `bytes` every `everyMs`; resolves with when it was cut off. */
function cutOffAt(client: { bytes: number; everyMs: number; untilMs: number }): number | null {
  vi.useFakeTimers()
  try {
    using watch = watchUpload(clock, { maxBytes: Infinity })
    for (let ms = 0; ms < client.untilMs; ms += client.everyMs) {
      vi.advanceTimersByTime(client.everyMs)
      if (watch.signal.aborted) return ms + client.everyMs
      watch.note(client.bytes)
    }
    return null
  } finally {
    vi.useRealTimers()
  }
}

test('who sends 1 kB a second may go on for hours', () => {
  expect(cutOffAt({ bytes: 1_020, everyMs: 1000, untilMs: 7_200_000 })).toBeNull()
})

test('who sends less is cut off once the first minute is over, and not before', () => {
  expect(cutOffAt({ bytes: 900, everyMs: 1000, untilMs: 7_200_000 })).toBe(61_000)
})

test('who pauses for longer than 30 seconds is cut off, however much came before', () => {
  expect(cutOffAt({ bytes: 1_000_000_000, everyMs: 30_000, untilMs: 600_000 })).toBeNull()
  expect(cutOffAt({ bytes: 1_000_000_000, everyMs: 32_000, untilMs: 600_000 })).toBe(32_000)
})

test('who has to wait for a slow disk is not cut off, and has 30 seconds once it goes on', () => {
  vi.useFakeTimers()
  using watch = watchUpload(clock, { maxBytes: Infinity })
  watch.note(1_000_000)
  watch.hold(true)
  vi.advanceTimersByTime(300_000)
  expect(watch.signal.aborted).toBe(false)
  watch.hold(false)
  vi.advanceTimersByTime(29_000)
  expect(watch.signal.aborted).toBe(false)
  vi.advanceTimersByTime(3_000)
  expect(watch.signal.aborted).toBe(true)
  vi.useRealTimers()
})
