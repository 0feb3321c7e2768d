import { expect, test, vi } from 'vitest'
import { readRange } from './read-range.ts'

const never = new AbortController().signal
const link = 'https://files.example/a'

/** What the server behind the link answers with; null for one that is gone. */
function serve(answer: ((range: string | null) => Response) | null): void {
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
    if (!answer) throw new TypeError('Failed to fetch')
    return answer(new Headers(headers).get('range'))
  })
}

const part = (body: string, range: string) =>
  new Response(body, { status: 206, headers: { 'content-range': range } })

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

test('a part is read, and the size of the whole', async () => {
  const asked: (string | null)[] = []
  serve((range) => {
    asked.push(range)
    return part('cde', 'bytes 2-4/10')
  })
  const { bytes, size } = await readRange(link, { from: 2, length: 3 }, never)
  expect([text(bytes), size, asked]).toEqual(['cde', 10, ['bytes=2-4']])
})

test('a server that sends the whole file is read up to what was asked for, and no further', async () => {
  const cancelled = vi.fn()
  const piece = new TextEncoder().encode('abcdefghij'.repeat(1000))
  // It never ends by itself.
  const pull = (stream: ReadableStreamDefaultController) => stream.enqueue(piece)
  serve(() => new Response(new ReadableStream({ pull, cancel: cancelled })))
  const { bytes, size } = await readRange(link, { from: 10_001, length: 30_000 }, never)
  expect([bytes.length, text(bytes.subarray(0, 3)), size]).toEqual([30_000, 'bcd', null])
  expect(cancelled).toHaveBeenCalledOnce()
  await expect(readRange(link, { from: 2 ** 30, length: 3 }, never)).rejects.toThrow(
    'This server sends whole files only.',
  )
  expect(cancelled).toHaveBeenCalledTimes(2)
})

test('more than was asked for is not taken', async () => {
  serve(() => part('x'.repeat(100), 'bytes 0-99/100'))
  expect((await readRange(link, { from: 0, length: 3 }, never)).bytes).toHaveLength(3)
})

test.each([
  [206, { 'content-range': 'bytes 0-2/10' }, 'The server sent another part of the file.'],
  [404, {}, 'There is no file behind this link any more.'],
  [503, {}, 'The server refused to send the file (status 503).'],
])('status %i is told in words', async (status, headers, words) => {
  serve(() => new Response('abc', { status, headers }))
  await expect(readRange(link, { from: 5, length: 3 }, never)).rejects.toThrow(words)
})

test('past the end there is nothing, and a server that is gone is told', async () => {
  serve(() => new Response(null, { status: 416, headers: { 'content-range': 'bytes */5' } }))
  const { bytes, size } = await readRange(link, { from: 5, length: 3 }, never)
  expect([bytes.length, size]).toEqual([0, 5])
  serve(null)
  await expect(readRange(link, { from: 0, length: 3 }, never)).rejects.toThrow(
    'could not be reached',
  )
})
