import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type RetryPolicy, sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import {
  type SourceAnswer,
  startTestSource,
  type TestSource,
} from '#server/testing/imports/source.ts'

// Two versions of one file, of one length: wherever they were joined, it shows.
const [oldBytes, newBytes] = [Buffer.alloc(100_000, 'old.'), Buffer.alloc(100_000, 'new!')]
const half = oldBytes.length / 2
const monday = 'Mon, 02 Nov 2020 08:00:00 GMT'
const tuesday = 'Tue, 03 Nov 2020 08:00:00 GMT'

const hangUp: SourceAnswer = (outgoing) => void outgoing.destroy()
const silence: SourceAnswer = () => {}
const status =
  (code: number): SourceAnswer =>
  (outgoing) =>
    void outgoing.writeHead(code).end()

/** Answers that are to break as soon as an import reads them. */
const breaking: ServerResponse[] = []

/** Call it at every look at the import. What nobody has begun to read would be lost with the connection. */
function breakerFor(imports: TestImportServer): () => void {
  let isReading = false
  return () => {
    if (isReading) breaking.pop()?.destroy()
    imports.leftovers().then(
      (names) => {
        isReading = names.length > 0
      },
      () => undefined,
    )
  }
}

type Headers = Record<string, string>

const whole =
  (bytes: Buffer, headers: Headers = { etag: '"1"' }): SourceAnswer =>
  (outgoing) =>
    void outgoing.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes)

/** The first half, and then the connection breaks or stands still. */
const firstHalf =
  (then: 'breaks' | 'stalls', headers: Headers = { etag: '"1"' }): SourceAnswer =>
  (outgoing) => {
    outgoing.writeHead(200, { 'content-length': oldBytes.length, ...headers })
    outgoing.write(oldBytes.subarray(0, half))
    if (then === 'breaks') breaking.push(outgoing)
  }

const secondHalf =
  (bytes: Buffer, headers: Headers = { etag: '"1"' }): SourceAnswer =>
  (outgoing) =>
    void outgoing
      .writeHead(206, { 'content-range': `bytes ${half}-99999/100000`, ...headers })
      .end(bytes.subarray(half))

const quick: RetryPolicy = { ...sourceRetryPolicy, firstPauseMs: 10, longestPauseMs: 40 }

/** A server whose imports may reach the source, and whose clock goes on at once. */
async function startFor(source: TestSource, patience: Partial<RetryPolicy> = {}) {
  let lead = 0
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + lead }
  const imports = await startTestImportServer({
    config: { importAllow: [source.host] },
    dependencies: { clock, patience: { ...quick, ...patience } },
  })
  const letAMinutePass = () => {
    lead += 61_000
  }
  return { ...imports, letAMinutePass }
}

/** What an import of the source ends as, and what it left; bytes only when it is complete. */
async function importFrom(source: TestSource, patience: Partial<RetryPolicy> = {}) {
  await using imports = await startFor(source, patience)
  const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
  const breakOnceRead = breakerFor(imports)
  const task = await imports.waitFor(id, ({ state }) => {
    breakOnceRead()
    return state !== 'running'
  })
  await imports.expectNoLeftovers()
  if (task.link === undefined) {
    expect((await imports.list()).names).toEqual([])
    return { error: task.error, bytes: null }
  }
  const bytes = Buffer.from(await (await fetch(task.link)).arrayBuffer())
  return { error: task.error, bytes }
}

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

const changed: [string, Headers, SourceAnswer][] = [
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

const stopped = 'The site stopped in the middle and did not go on.'

test.each([
  ['refuses every connection', null],
  ['breaks every connection', hangUp],
  ['takes every connection and says nothing', silence],
  ['begins every answer and sends nothing', secondHalf(Buffer.alloc(half))],
] as const)(
  'a source that stops in the middle and %s is given up, in words',
  async (_how, answer) => {
    await using source = await startTestSource(firstHalf('breaks'), answer ?? silence)
    // After this no waiting for an answer is excused any more.
    await using imports = await startFor(source, { answerMs: 300, waitsMs: 300 })
    const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
    const breakOnceRead = breakerFor(imports)
    await imports.waitFor(id, ({ progress }) => {
      breakOnceRead()
      return progress === '50%'
    })
    if (answer === null) await source.end()
    else await expect.poll(() => source.requests.length, { timeout: 20_000 }).toBeGreaterThan(3)
    const task = await imports.waitFor(id, ({ state }) => {
      // More than once: a minute that passes while an answer is awaited is excused.
      imports.letAMinutePass()
      return state !== 'running'
    })
    expect(task).toMatchObject({ state: 'failed', error: stopped, progress: '50%' })
    expect((await imports.list()).names).toEqual([])
    await imports.expectNoLeftovers()
  },
)

const head: SourceAnswer = (outgoing) => {
  outgoing.writeHead(200, { 'content-length': 1_000_000 }).flushHeaders()
}

test.each([
  ['never answers', silence],
  ['never sends a byte after its headers', head],
])('a source that %s is asked once and given up, in words', async (_how, answer) => {
  await using source = await startTestSource(answer)
  const patience = { answerMs: 500, silentMs: 50 }
  expect(await importFrom(source, patience)).toMatchObject({ error: 'The site does not answer.' })
  expect(source.requests).toHaveLength(1)
})

test.each([
  ['before its headers', (outgoing: ServerResponse) => outgoing],
  [
    'after its headers',
    (outgoing: ServerResponse) => outgoing.writeHead(200, { 'content-length': oldBytes.length }),
  ],
])(
  'a source whose first byte takes longer than a silence in the middle may, %s, is asked once',
  async (_when, begin) => {
    await using source = await startTestSource((outgoing) => {
      begin(outgoing).flushHeaders?.()
      setTimeout(() => outgoing.end(oldBytes), 4_000)
    })
    const patience = { silentMs: 2_000, pace: { ...sourceRetryPolicy.pace, idleMs: 2_500 } }
    expect((await importFrom(source, patience)).bytes?.equals(oldBytes)).toBe(true)
    expect(source.requests).toHaveLength(1)
  },
)

/** A byte every so often: never silent, and never done. */
const drip: SourceAnswer = (outgoing) => {
  outgoing.writeHead(200, { 'content-length': 1_000_000 })
  const timer = setInterval(() => outgoing.write('x'), 20)
  outgoing.on('close', () => clearInterval(timer))
}

test('a source that drips is given up, in words, once the first minute is over', async () => {
  await using source = await startTestSource(drip)
  // Patient with silence, or the clock's jump would be one.
  const pace = { ...sourceRetryPolicy.pace, idleMs: 600_000 }
  await using imports = await startFor(source, { pace })
  const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
  await expect.poll(() => source.requests.length).toBe(1)
  imports.letAMinutePass()
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'failed', error: 'The site sends the file too slowly.' })
  await imports.expectNoLeftovers()
})

test.each([
  ['while it waits to ask again', hangUp, {}],
  ['while it waits for an answer', silence, {}],
  ['while its name is being looked up', silence, { resolve: () => new Promise<never>(() => {}) }],
])('cancelling ends an import %s', async (_when, answer, dependencies) => {
  await using source = await startTestSource(answer)
  const patience = { ...quick, firstPauseMs: 60_000, longestPauseMs: 60_000 }
  await using imports = await startTestImportServer({
    ...{ config: { importAllow: [source.host, 'slow.test'] } },
    dependencies: { patience, ...dependencies },
  })
  const origin = 'resolve' in dependencies ? 'http://slow.test' : source.origin
  const id = await imports.start(`${origin}/film.bin`, { type: 'file' })
  if (!('resolve' in dependencies)) await expect.poll(() => source.requests.length).toBe(1)
  await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect(await imports.status(id)).toMatchObject({ state: 'cancelled' })
})
