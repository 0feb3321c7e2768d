import { expect, test } from 'vitest'
import { type RetryPolicy, sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { type SourceAnswer, startTestSource } from '#server/testing/imports/source.ts'

type Headers = Record<string, string>

const answer =
  (status: number, headers: Headers = {}, body = 'hello'): SourceAnswer =>
  (outgoing) =>
    void outgoing.writeHead(status, headers).end(/^20[45]$/.test(`${status}`) ? undefined : body)

const quick: RetryPolicy = { ...sourceRetryPolicy, firstPauseMs: 10, longestPauseMs: 40 }

/** What an import of a source ends as: its bytes, or why there are none; and how often it asked. */
async function importFrom(
  answers: SourceAnswer[],
  { type = 'file', path = '/film.bin' }: { type?: 'file' | 'auto'; path?: string } = {},
) {
  await using source = await startTestSource(...answers)
  await using imports = await startTestImportServer({
    config: { importAllow: [source.host] },
    dependencies: { patience: quick },
  })
  const task = await imports.run(source.origin + path, { type })
  const asked = source.requests.length
  if (task.link === undefined) return { told: task.error, asked, name: undefined }
  return { told: await (await fetch(task.link)).text(), asked, name: task.title }
}

test.each([
  ['201', answer(201)],
  ['203', answer(203)],
  ['206 of all bytes', answer(206, { 'content-range': 'bytes 0-4/5' })],
  [
    '200 with a Refresh to itself',
    answer(200, { refresh: '5; url=/film.bin', 'content-type': 'text/html' }),
  ],
])('a whole file in an answer of %s is stored', async (_what, whole) => {
  expect(await importFrom([whole])).toMatchObject({ told: 'hello', asked: 1 })
})

/** What imports of all these answers end as, at one source; a list is gone through, its last one stays. */
async function importEach(lists: readonly SourceAnswer[][]) {
  const asked = lists.map(() => 0)
  await using source = await startTestSource((outgoing, incoming) => {
    const index = Number(incoming.url?.split('/')[1])
    const list = lists[index] ?? []
    asked[index] = (asked[index] ?? 0) + 1
    list[Math.min(asked[index], list.length) - 1]?.(outgoing, incoming)
  })
  await using imports = await startTestImportServer({
    config: { importAllow: [source.host], importConcurrency: 8 },
    dependencies: { patience: quick },
  })
  const told = await Promise.all(
    lists.map(async (_list, index) => {
      const { state, error } = await imports.run(`${source.origin}/${index}/film.bin`, {
        type: 'file',
      })
      return error ?? state
    }),
  )
  return told.map((words, index) => [words, asked[index]])
}

test('a piece, no content and a choice are no file, and are told as what they are', async () => {
  const piece = 'The site answered 206 (a piece of the file, which nobody asked for).'
  const answers: [SourceAnswer, string][] = [
    [answer(206, { 'content-range': 'bytes 0-4/10' }), piece],
    [answer(206, { 'content-range': 'bytes 5-9/10' }), piece],
    [answer(206, { 'content-range': 'bytes 0-4/*' }), piece],
    [answer(204), 'The site answered 204 (no content).'],
    [answer(205), 'The site answered 205 (no content).'],
    [answer(300), 'The site answered 300 (several files to choose from: link to one of them).'],
  ]
  const lists = answers.map(([first]) => [first])
  expect(await importEach(lists)).toEqual(answers.map(([, words]) => [words, 1]))
})

const transient = [202, 408, 425, 429, 500, 502, 503, 504]

test('a first answer that may be another one in a moment is asked for again, a few times only', async () => {
  const busy = transient.map((status) => answer(status, {}, 'no'))
  expect(await importEach(busy.map((no) => [no, no, answer(200)]))).toEqual(
    transient.map(() => ['completed', 3]),
  )
  expect(await importEach(busy.map((no) => [no]))).toEqual(
    transient.map((status) => [expect.stringMatching(`^The site answered ${status} `), 4]),
  )
})

test('a choice that the site has made is followed', async () => {
  const { told } = await importFrom([answer(300, { location: '/chosen' }, 'no'), answer(200)])
  expect(told).toBe('hello')
})

test.each([
  ['a number of seconds', { 'retry-after': '1' }],
  [
    "a date by the source's own clock",
    { 'retry-after': 'Mon, 02 Nov 2020 08:00:01 GMT', date: 'Mon, 02 Nov 2020 08:00:00 GMT' },
  ],
])('a source that says when to come back, by %s, is asked then', async (_what, headers) => {
  const times: number[] = []
  const noting =
    (inner: SourceAnswer): SourceAnswer =>
    (outgoing, incoming) => {
      times.push(performance.now())
      inner(outgoing, incoming)
    }
  const { told } = await importFrom([noting(answer(503, headers, 'no')), noting(answer(200))])
  expect(told).toBe('hello')
  const [first = 0, second = 0] = times
  expect(second - first).toBeGreaterThan(950)
})

test('a source that wants to be asked hours later is not waited for', async () => {
  expect(await importFrom([answer(503, { 'retry-after': '7200' })])).toMatchObject({
    told: 'The site answered 503 (unavailable). It wants to be asked again in 2 hours: retry it then.',
    asked: 1,
  })
})

test('a page that sends on to its file is followed to it', async () => {
  const page = answer(200, {
    refresh: '0; URL="/files/b%C3%BCro.zip"',
    'content-type': 'text/html',
  })
  for (const type of ['file', 'auto'] as const) {
    const zip = answer(200, { 'content-type': 'application/zip' })
    expect(await importFrom([page, zip], { type, path: '/get' })).toMatchObject({
      ...{ told: 'hello', name: 'büro.zip', asked: 2 },
    })
  }
})

const playlist = (...lines: string[]) =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:4', '#EXT-X-MEDIA-SEQUENCE:1234', ...lines, ''].join('\n')

test.each([
  ['its own type', '/x', 'application/vnd.apple.mpegurl'],
  ['a type that says nothing', '/live.m3u8', 'application/octet-stream'],
])('a playlist that never ends, of %s, is told as live', async (_what, path, type) => {
  const live = answer(200, { 'content-type': type }, playlist('#EXTINF:4,', 'a.ts'))
  expect((await importFrom([live], { type: 'auto', path })).told).toMatch(
    /^Live streams cannot be imported/,
  )
})

test('what only is called like a playlist is a file, whole', async () => {
  const file = answer(200, { 'content-type': 'application/octet-stream' }, 'a list of songs')
  const imported = await importFrom([file], { type: 'auto', path: '/songs.m3u8' })
  expect(imported).toMatchObject({ told: 'a list of songs', asked: 1 })
})
