import { expect, test } from 'vitest'
import {
  type AnswerHeaders,
  firstHalf,
  half,
  hangUp,
  importFrom,
  newBytes,
  oldBytes,
  secondHalf,
  silence,
  status,
  whole,
} from '#server/testing/imports/broken-source.ts'
import { type SourceAnswer, startTestSource } from '#server/testing/imports/source.ts'

const monday = 'Mon, 02 Nov 2020 08:00:00 GMT'
const tuesday = 'Tue, 03 Nov 2020 08:00:00 GMT'

test('a connection that breaks before the answer is tried again', async () => {
  await using source = await startTestSource(hangUp, hangUp, whole(oldBytes))
  expect((await importFrom(source)).bytes?.equals(oldBytes)).toBe(true)
  expect(source.requests).toHaveLength(3)
})

test('one that always breaks before the answer fails in words after four tries', async () => {
  await using source = await startTestSource(hangUp)
  expect((await importFrom(source)).error).toBe('The site broke the connection.')
  expect(source.requests).toHaveLength(4)
})

test('a source that answers no, or nothing in HTTP, is not asked again', async () => {
  const nonsense: SourceAnswer = (outgoing) => void outgoing.socket?.end('no HTTP\r\n\r\n')
  for (const answer of [status(404), status(501), nonsense]) {
    await using source = await startTestSource(answer)
    expect((await importFrom(source)).error).toMatch(/^The site answered/)
    expect(source.requests).toHaveLength(1)
  }
})

/** So much longer than an answer takes that a busy machine does not make one of it. */
const shortSilence = { silentMs: 4_000, answerMs: 4_000 }

test.each([
  ['breaks, proven by its ETag', 'breaks', { etag: '"1"' }, '"1"'],
  ['stalls, proven by its ETag', 'stalls', { etag: '"1"' }, '"1"'],
  ['breaks, proven by its date', 'breaks', { 'last-modified': monday }, monday],
] as const)('a file that %s in the middle goes on by Range', async (_how, then, headers, proof) => {
  await using source = await startTestSource(
    firstHalf(then, headers),
    secondHalf(oldBytes, headers),
  )
  expect((await importFrom(source, shortSilence)).bytes?.equals(oldBytes)).toBe(true)
  expect(source.requests).toHaveLength(2)
  expect(source.requests[1]).toMatchObject({ range: `bytes=${half}-`, 'if-range': proof })
})

test('it goes on after tries that break, and after a gateway without its server', async () => {
  await using source = await startTestSource(
    ...[firstHalf('breaks'), hangUp, status(502), status(503), silence, secondHalf(oldBytes)],
  )
  expect((await importFrom(source, shortSilence)).bytes?.equals(oldBytes)).toBe(true)
  expect(source.requests).toHaveLength(6)
})

const otherRange = (range: string): SourceAnswer => {
  return (outgoing) =>
    void outgoing.writeHead(206, { 'content-range': range, etag: '"1"' }).end(newBytes)
}

const changed: [string, AnswerHeaders, SourceAnswer][] = [
  ['the whole file', { etag: '"1"' }, whole(newBytes, { etag: '"2"' })],
  ['the rest without an ETag', { etag: '"1"' }, secondHalf(newBytes, {})],
  ['the rest of another ETag', { etag: '"1"' }, secondHalf(newBytes, { etag: '"2"' })],
  [
    'the rest of another date',
    { 'last-modified': monday },
    secondHalf(newBytes, { 'last-modified': tuesday }),
  ],
  [
    'the rest in another encoding',
    { etag: '"1"' },
    secondHalf(newBytes, { etag: '"1"', 'content-encoding': 'gzip' }),
  ],
  ['the rest of another length', { etag: '"1"' }, otherRange(`bytes ${half}-100009/100010`)],
  ['another piece', { etag: '"1"' }, otherRange('bytes 0-99999/100000')],
  ['a piece of nothing', { etag: '"1"' }, otherRange('')],
  ['no such range', { etag: '"1"' }, status(416)],
  ['no more', { etag: '"1"' }, status(404)],
]

test.each(changed)(
  'a source that answers with %s is fetched from the start, never joined',
  async (what, headers, answer) => {
    await using source = await startTestSource(
      ...[firstHalf('breaks', headers), answer, whole(newBytes, headers)],
    )
    expect((await importFrom(source)).bytes?.equals(newBytes)).toBe(true)
    // An answer that is the whole file is taken, and not asked for once more.
    expect(source.requests).toHaveLength(what === 'the whole file' ? 2 : 3)
    expect(source.requests[1]?.range).toBe(`bytes=${half}-`)
    expect(source.requests[2]?.range).toBeUndefined()
  },
)

const pieces = { 'accept-ranges': 'bytes' }

test('a source without versions that offers pieces goes on by Range', async () => {
  await using source = await startTestSource(
    firstHalf('breaks', pieces),
    secondHalf(oldBytes, pieces),
  )
  expect((await importFrom(source)).bytes?.equals(oldBytes)).toBe(true)
  expect(source.requests).toHaveLength(2)
  expect(source.requests[1]?.range).toBe(`bytes=${half}-`)
  expect(source.requests[1]?.['if-range']).toBeUndefined()
})

test('a source without versions that offers no pieces, or no length with them, is fetched from the start', async () => {
  await using silent = await startTestSource(firstHalf('breaks', {}), whole(newBytes, {}))
  expect((await importFrom(silent)).bytes?.equals(newBytes)).toBe(true)
  expect(silent.requests[1]?.range).toBeUndefined()

  const ofAnyLength: SourceAnswer = (outgoing) =>
    void outgoing.writeHead(206, { 'content-range': `bytes ${half}-99999/*` }).end(newBytes)
  await using vague = await startTestSource(
    ...[firstHalf('breaks', pieces), ofAnyLength, whole(newBytes, pieces)],
  )
  expect((await importFrom(vague)).bytes?.equals(newBytes)).toBe(true)
  expect(vague.requests).toHaveLength(3)
})

test('a date of the very second proves nothing: a file is fetched from the start, without asking for a range', async () => {
  const headers = { 'last-modified': monday, date: monday }
  await using source = await startTestSource(firstHalf('breaks', headers), (outgoing, incoming) => {
    const answer = incoming.headers.range ? secondHalf : whole
    answer(newBytes, headers)(outgoing, incoming)
  })
  expect((await importFrom(source)).bytes?.equals(newBytes)).toBe(true)
  expect(source.requests).toHaveLength(2)
})
