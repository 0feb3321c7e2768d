import { expect, test } from 'vitest'
import { type SearchPage, searchReply } from '#contract/search.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'

const config = { rateLimit: 100_000 }

async function search(
  server: TestServer,
  query: Record<string, string>,
  key = server.key,
): Promise<SearchPage> {
  const reply = await server.get(`/api/v1/search?${new URLSearchParams(query)}`, { key })
  expect(reply.status).toBe(200)
  return searchReply.parse(await reply.json())
}

async function paths(server: TestServer, q: string, rest: Record<string, string> = {}) {
  return (await search(server, { q, ...rest })).items.map(({ path }) => path)
}

async function addFiles(server: TestServer, files: string[]): Promise<void> {
  for (const path of files) {
    const at = path.lastIndexOf('/') + 1
    const file = { folder: path.slice(0, at), name: path.slice(at), bytes: path }
    expect((await server.upload(file)).status).toBe(200)
  }
}

test('files and folders are found by parts of their names, best first', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, [
    ...['/a/prereport.txt', '/Report/x', '/b/my report.txt', '/b/report', '/report 10.txt'],
    ...['/report 2.txt', '/b/annual-report.txt', '/b/REPORTS.TXT', '/other.txt'],
  ])
  const page = await search(server, { q: 'report' })
  expect(page.items.map(({ path }) => path)).toEqual([
    ...['/Report/', '/b/report', '/b/REPORTS.TXT', '/report 2.txt', '/report 10.txt'],
    ...['/b/my report.txt', '/b/annual-report.txt', '/a/prereport.txt'],
  ])
  expect(page).toMatchObject({ limit: 50, next_offset: 8, has_more: false })
  expect(page.items[0]).toEqual({ kind: 'folder', name: 'Report', path: '/Report/' })
  const [, file] = page.items
  expect(file).toMatchObject({ kind: 'file', name: 'report', size: 9 })
  expect(await (await server.get(new URL(file?.link ?? '').pathname, { key: null })).text()).toBe(
    '/b/report',
  )
})

test.each([
  ['words in any order', 'rome holiday', '/Holiday in Rome 2024.jpg'],
  ['parts of words', 'olid ome 024', '/Holiday in Rome 2024.jpg'],
  ['no case and no accents', 'ETE', '/Été à la plage.txt'],
  ['accents that the name has not', 'hölïdáy', '/Holiday in Rome 2024.jpg'],
  ['a sharp s', 'STRASSE', '/Straße.pdf'],
  ['a Turkish i', 'istanbul', '/İSTANBUL.pdf'],
  ['Chinese without blanks', '度报', '/年度报告.pdf'],
  ['one Chinese character', '报', '/年度报告.pdf'],
  ['Japanese', '旅行', '/家族旅行の写真.png'],
  ['kana of half width', 'ｶﾒﾗ', '/カメラ.raw'],
  ['Arabic without points', 'محمد', '/مُحَمَّد.txt'],
  ['Arabic digits as they are', '٢٠٢٤', '/سنة ٢٠٢٤.txt'],
  ['Hangul, composed', '한국', '/한국어.txt'],
  ['Hangul, decomposed', '한국'.normalize('NFD'), '/한국어.txt'],
  ['Hangul while it is typed', '하', '/한국어.txt'],
  ['Devanagari', 'हिन्दी', '/हिन्दी गीत.mp3'],
  ['an emoji', '🎬', '/🎬 film.mov'],
  ['one letter', 'j', '/Holiday in Rome 2024.jpg'],
  ['two letters', 'mo', '/🎬 film.mov'],
  ['a percent sign', '%', '/100% _sure_*.txt'],
  ['an underscore', '_sure_', '/100% _sure_*.txt'],
  ['a star', '*.txt', '/100% _sure_*.txt'],
  ['quotes', `"it's"`, `/say "it's" NEAR(a, 2).txt`],
  ['words of FTS5', 'NEAR(a,', `/say "it's" NEAR(a, 2).txt`],
  ['other words of FTS5', 'AND OR NOT', '/rand or nothing.txt'],
  ['the last letters', '.mov', '/🎬 film.mov'],
])('%s: %s', async (_what, q, path) => {
  const server = await shared()
  expect(await paths(server, q)).toContain(path)
})

let started: Promise<TestServer> | null = null

/** One for all that only read. */
function shared(): Promise<TestServer> {
  started ??= startTestServer({ config }).then(async (server) => {
    await addFiles(server, [
      ...['/Holiday in Rome 2024.jpg', '/Été à la plage.txt', '/Straße.pdf', '/İSTANBUL.pdf'],
      ...['/年度报告.pdf', '/家族旅行の写真.png', '/カメラ.raw', '/مُحَمَّد.txt', '/سنة ٢٠٢٤.txt'],
      ...['/한국어.txt', '/हिन्दी गीत.mp3', '/🎬 film.mov', '/100% _sure_*.txt'],
      ...[`/say "it's" NEAR(a, 2).txt`, '/rand or nothing.txt', '/Films/2024/clip.mp4'],
    ])
    return server
  })
  return started
}

test.each([
  ...[
    '"',
    "'",
    '""',
    '*',
    '"*',
    '^a',
    'a*b',
    '-a',
    'NEAR',
    'NEAR(',
    'a AND',
    'OR',
    'NOT x',
    '(',
    ')',
  ],
  ...[
    'owner:a',
    '{owner name}: a',
    'name : "x',
    '%',
    '_',
    '\\',
    '\\"',
    ';--',
    "' or 1=1 --",
    '\u{10ffff}',
  ],
  ...[
    '\u0000',
    'a\u0000b',
    'rom\u0000',
    '\u0301',
    '\u200b',
    '\ufeff',
    'x'.repeat(200),
    '🎬'.repeat(100),
  ],
  ...[
    'ﷺ'.repeat(200),
    'a '.repeat(100),
    '\u{e000}'.repeat(3),
    '\ud800'.toWellFormed(),
    '👨‍👩‍👧‍👦',
    '[a-z]',
    '.*',
  ],
])('%j is looked for as it is written', async (q) => {
  const server = await shared()
  const reply = await server.get(`/api/v1/search?${new URLSearchParams({ q })}`)
  expect([200, 400]).toContain(reply.status)
  const body = await reply.json()
  if (reply.status === 200) searchReply.parse(body)
  else expect(body).toMatchObject({ code: 'invalid_request' })
})

test.each([
  ['', 'q is missing'],
  ['q=', 'q must say what to look for.'],
  ['q=%20%20', 'q must say what to look for.'],
  [`q=${'x'.repeat(201)}`, 'q has at most 200 characters.'],
  ['q=a&q=b', 'q'],
  ['q=a&offset=-1', 'offset must be a whole number, 0 or more.'],
  ['q=a&offset=1.5', 'offset must be a whole number, 0 or more.'],
  ['q=a&offset=x', 'offset must be a whole number, 0 or more.'],
  ['q=a&kind=', 'kind'],
  ['q=a&kind=Files', 'kind'],
  ['q=a&path=/a/../b/', ''],
  ['q=a&path=/a//b/', ''],
  ['q=%ff', ''],
])('%j is refused', async (query, words) => {
  const server = await shared()
  const reply = await server.get(`/api/v1/search?${query}`)
  expect(reply.status).toBe(400)
  const body = (await reply.json()) as { code: string; message: string }
  expect(body.code).toBe('invalid_request')
  expect(body.message).toContain(words)
})

test('only what is in a folder is found there, and a folder that is not there is not found', async () => {
  const server = await shared()
  expect(await paths(server, '2024', { path: '/Films/' })).toEqual(['/Films/2024/'])
  expect(await paths(server, 'clip', { path: '/Films/' })).toEqual(['/Films/2024/clip.mp4'])
  expect(await paths(server, 'clip', { path: '/Films/2024/' })).toEqual(['/Films/2024/clip.mp4'])
  expect(await paths(server, 'holiday', { path: '/Films/' })).toEqual([])
  const reply = await server.get('/api/v1/search?q=a&path=/none/')
  expect(reply.status).toBe(404)
  expect(await reply.json()).toMatchObject({ code: 'not_found' })
})

test.each([
  ['file', ['/Holiday in Rome 2024.jpg']],
  ['folder', ['/Films/2024/']],
  ['image', ['/Holiday in Rome 2024.jpg']],
  ['video', []],
])('of kind %s alone', async (kind, expected) => {
  expect(await paths(await shared(), '2024', { kind })).toEqual(expected)
})

test.each([
  ['video', 'film', ['/🎬 film.mov']],
  ['audio', 'm', ['/हिन्दी गीत.mp3']],
  ['document', 'stra', ['/Straße.pdf']],
  ['document', 'nothing', ['/rand or nothing.txt']],
  ['archive', 'a', []],
])('%s by the ending: %s', async (kind, q, expected) => {
  expect(await paths(await shared(), q, { kind })).toEqual(expected)
})

test('pages go on from each other, and none is found twice', async () => {
  await using server = await startTestServer({ config })
  const names = Array.from({ length: 120 }, (_, index) => `/note ${index}.txt`)
  await addFiles(server, names)
  const seen: string[] = []
  for (let offset = 0; ; ) {
    const page = await search(server, { q: 'note', offset: String(offset) })
    seen.push(...page.items.map(({ path }) => path))
    expect(page.items.length).toBe(Math.min(50, names.length - offset))
    offset = page.next_offset
    if (!page.has_more) break
  }
  expect(seen).toEqual(names)
  const beyond = await search(server, { q: 'note', offset: '500' })
  expect(beyond).toMatchObject({ items: [], next_offset: 500, has_more: false })
})

test('nobody finds what is another account’s', async () => {
  await using server = await startTestServer({ config })
  await addFiles(server, ['/secret.txt', '/secret folder/x'])
  const key = await server.keyWith({ username: 'alice' })
  await server.upload({ name: 'secret of hers.txt', bytes: 'x' }, { key })
  for (const q of ['secret', 's', 'of']) {
    const { items } = await search(server, { q }, key)
    expect(items.map(({ path }) => path)).toEqual(['/secret of hers.txt'])
  }
  expect(await paths(server, 'secret')).toEqual(['/secret.txt', '/secret folder/'])
})

test('what was renamed, moved, deleted and restored is found as it is now', async () => {
  await using server = await startTestServer({ config })
  const key = await server.keyWith({ scopes: ['read', 'manage'] })
  const post = async (path: string, body: unknown) => {
    const reply = await server.post(`/api/v1/${path}`, body, { key })
    expect(reply.status).toBe(200)
    return (await reply.json()) as { results: { status: string; trash_id: string }[] }
  }
  await addFiles(server, ['/trip/beach photo.jpg', '/trip/other.txt'])
  await post('files/rename', { item: '/trip/beach photo.jpg', name: 'mountain photo.jpg' })
  expect(await paths(server, 'beach')).toEqual([])
  expect(await paths(server, 'mountain')).toEqual(['/trip/mountain photo.jpg'])

  await post('files/rename', { item: '/trip/', name: 'journey' })
  expect(await paths(server, 'trip')).toEqual([])
  expect(await paths(server, 'o')).toEqual([
    ...['/journey/other.txt', '/journey/', '/journey/mountain photo.jpg'],
  ])
  await post('files/move', { items: ['/journey/mountain photo.jpg'], to: '/' })
  expect(await paths(server, 'mountain')).toEqual(['/mountain photo.jpg'])
  await post('files/copy', { items: ['/mountain photo.jpg'], to: '/journey/' })
  expect(await paths(server, 'mountain')).toEqual([
    ...['/mountain photo.jpg', '/journey/mountain photo.jpg'],
  ])

  const deleted = await post('files/delete', { items: ['/mountain photo.jpg', '/journey/'] })
  for (const q of ['mountain', 'journey', 'other', 'o']) expect(await paths(server, q)).toEqual([])
  await post('trash/restore', { ids: [deleted.results[1]?.trash_id] })
  expect(await paths(server, 'mountain')).toEqual(['/journey/mountain photo.jpg'])
  expect(await paths(server, 'journey')).toEqual(['/journey/'])
  await post('trash/delete', { ids: [deleted.results[0]?.trash_id] })
  expect(await paths(server, 'mountain')).toEqual(['/journey/mountain photo.jpg'])
})

test('reading files is enough to find them, and without that scope there is no finding', async () => {
  await using server = await startTestServer({ config })
  const ask = async (scopes: ('read' | 'upload')[]) =>
    await server.get('/api/v1/search?q=a', { key: await server.keyWith({ scopes }) })
  expect((await ask(['read'])).status).toBe(200)
  const refused = await ask(['upload'])
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ code: 'insufficient_scope' })
})
