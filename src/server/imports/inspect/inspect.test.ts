import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import type { InspectReply } from '#contract/import-inspect.ts'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp, processesWith } from '#server/testing/imports/test-yt-dlp.ts'

async function look(
  { server, site }: TestImportServer,
  link: string,
  more: object = {},
): Promise<InspectReply> {
  const url = link.startsWith('/') ? site.origin + link : link
  const reply = await server.post('/api/v1/import/inspect', { url, ...more })
  return endpoints.inspectImport.reply.parse(await reply.json())
}

test('a video tells what it has before anything of it is imported', async () => {
  await using imports = await startTestImportServer()
  const found = await look(imports, '/watch/harbour?list=languages&chapters=3')
  expect(found).toMatchObject({
    kind: 'video',
    title: 'Harbour at dawn',
    duration: 6,
    qualities: [{ height: 1080 }, { height: 720 }, { height: 360 }],
    has_audio: true,
    audio_languages: ['de', 'en'],
    chapters: 3,
  })
  expect(found.subtitle_languages?.toSorted()).toEqual(['de', 'en', 'es', 'fr', 'it'])
  expect(found.picture).toMatch(/^data:image\/jpeg;base64,/)
  expect(imports.site.requests.some(({ line }) => line.includes('.ts'))).toBe(false)
  await imports.expectNoLeftovers()
})

test('a file tells its name and size', async () => {
  await using imports = await startTestImportServer()
  expect(await look(imports, '/file/report.pdf?size=12345')).toEqual({
    ...{ status: 'ok', kind: 'file', title: 'report.pdf', size: 12_345 },
  })
})

test('a list is paged, searched and put in order without opening its source again', async () => {
  await using imports = await startTestImportServer()
  const first = await look(imports, '/list/harbour?count=560')
  expect(first).toMatchObject({
    ...{ kind: 'list', title: 'Talks of harbour', total: 560, has_more: true, next_offset: 500 },
    ...{ has_dates: true, is_complete: true },
  })
  expect(first.entries?.[0]).toEqual({
    ...{ position: 1, title: 'Talk 560 of harbour', duration: 620 },
    link: `${imports.site.origin}/watch/harbour-560?title=Talk%20560%20of%20harbour`,
    date: '2027-07-14T00:00:00+00:00',
  })
  const asked = imports.site.requests.length
  expect(asked).toBe(1)
  const second = await look(imports, '/list/harbour?count=560', { offset: 500 })
  expect([second.entries?.length, second.has_more]).toEqual([60, false])
  const searched = await look(imports, '/list/harbour?count=560', { search: 'TALK 55 4' })
  expect(searched.entries?.map(({ title }) => title)).toEqual([
    ...['Talk 554 of harbour', 'Talk 455 of harbour'],
  ])
  const past = await look(imports, '/list/harbour?count=560', { offset: 5_000 })
  expect(past).toMatchObject({ entries: [], has_more: false })
  expect(imports.site.requests.length).toBe(asked)
})

test('what strangers write is text, and links of theirs are judged as those of imports', async () => {
  await using imports = await startTestImportServer()
  const title = '<img src=x onerror=alert(1)> \u202egpj.exe'
  const query = new URLSearchParams({ count: '3', title, to: 'http://169.254.169.254/latest/' })
  const { entries } = await look(imports, `/list/odd?${query}`)
  expect(entries?.[0]).toMatchObject({
    title,
    problem: 'That link leads to a private address, which imports may not reach.',
  })
  expect(entries?.[1]?.problem).toBeUndefined()
  const script = new URLSearchParams({ count: '2', to: 'javascript:alert(1)' })
  const left = await look(imports, `/list/script?${script}`)
  expect(left.entries?.map(({ link }) => new URL(link).protocol)).not.toContain('javascript:')
})

const failures: [link: string, code: string, words: string | RegExp][] = [
  ['/no-video', 'no_video', /^No video was found on that page/],
  ['/endless?type=text/html', 'no_video', /^No video was found on that page/],
  ['/list/none?count=0', 'no_video', 'That list is empty.'],
  [
    '/file/locked?status=403&type=application/zip',
    'sign_in_required',
    'The site answered 403 (not allowed).',
  ],
  ['/file/login.html?status=401&type=text/html', 'sign_in_required', /401/],
  ['/hang-up', 'site_error', 'The site broke the connection.'],
  ['http://127.0.0.1:1/watch', 'site_error', 'The site refuses connections.'],
  ['/redirect?to=http://169.254.169.254/latest/', 'private_address', /private address/],
  ['/hostile/content?to=http://10.0.0.1/x.m3u8', 'private_address', /private address/],
]

test('what cannot be imported says so in the words of imports', async () => {
  await using imports = await startTestImportServer({
    dependencies: { patience: { ...sourceRetryPolicy, triesMax: 1, firstPauseMs: 1 } },
    config: {},
  })
  imports.server.config.importAllow.push('127.0.0.1:1')
  await imports.server.restart()
  for (const [link, code, words] of failures) {
    const found = await look(imports, link)
    expect([link, found.kind, found.error_code]).toEqual([link, 'none', code])
    expect(found.error).toMatch(words)
  }
  const reply = await imports.server.post('/api/v1/import/inspect', { url: 'http://10.0.0.1/' })
  expect(reply.status).toBe(400)
  await imports.expectNoLeftovers()
})

test('a key without the scope is refused', async () => {
  await using imports = await startTestImportServer()
  const key = await imports.server.keyWith({ scopes: ['read'] })
  const url = `${imports.site.origin}/watch/harbour`
  const reply = await imports.server.post('/api/v1/import/inspect', { url }, { key })
  expect(reply.status).toBe(403)
})

const endlessList = `
[ "$1" = --version ] && exit
i=0
while :; do i=$((i+1)); echo "BARKEEP-ENTRY {\\"playlist_index\\":$i,\\"_type\\":\\"url\\",\\"url\\":\\"https://videos.example/$i\\",\\"title\\":\\"Talk $i\\"}"; sleep 0.02; done`

test('an endless list ends with what came in time', async () => {
  await using program = await createFakeYtDlp(endlessList)
  await using imports = await startTestImportServer({
    config: { ytDlp: program.path },
    dependencies: { patience: { ...sourceRetryPolicy, lookForMs: 1_500 } },
  })
  const found = await look(imports, '/watch/endless')
  expect(found).toMatchObject({ kind: 'list', is_complete: false })
  expect(found.total).toBeGreaterThan(0)
  await imports.expectNoLeftovers()
})

test('a look ends when whoever asked goes away, and one is under way for a person', async () => {
  await using program = await createFakeYtDlp('echo started; sleep 600 & wait')
  await using imports = await startTestImportServer({ config: { ytDlp: program.path } })
  const gone = new AbortController()
  const ask = (name: string, signal: AbortSignal) =>
    imports.server
      .post('/api/v1/import/inspect', { url: `${imports.site.origin}/watch/${name}` }, { signal })
      .catch((error: Error) => error.name)
  const running = () => processesWith(program.path).filter((line) => line.includes('simulate'))
  const asking = [ask('a', gone.signal), ask('b', gone.signal), ask('a', gone.signal)]
  await vi.waitFor(() => expect(running()).toHaveLength(1), { timeout: 30_000 })
  gone.abort()
  expect(await Promise.all(asking)).toEqual(['AbortError', 'AbortError', 'AbortError'])
  await vi.waitFor(() => expect(running()).toHaveLength(0), { timeout: 30_000 })
  await imports.expectNoLeftovers()
})

test('a picture that is none, or too large, is left out with a reason', async () => {
  const page = (body: string, type: string) => ({ body, type })
  const answers: Record<string, { body: string; type: string }> = {
    '/none.jpg': page('<svg onload="alert(1)"></svg>', 'image/svg+xml'),
    '/large.jpg': page(`\xff\xd8\xff${'x'.repeat(500_000)}`, 'image/jpeg'),
  }
  const server = createServer(({ url = '' }, outgoing) => {
    const picture = answers[url]
    if (picture) outgoing.writeHead(200, { 'content-type': picture.type })
    outgoing.end(picture && Buffer.from(picture.body, 'latin1'))
  }).listen(0, '127.0.0.1')
  using _server = { [Symbol.dispose]: () => void server.close().closeAllConnections() }
  await vi.waitFor(() => expect(server.listening).toBe(true), { timeout: 30_000 })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await using imports = await startTestImportServer()
  imports.server.config.importAllow.push(host)
  await imports.server.restart()
  const content = `${imports.site.origin}/media/0/master.m3u8`
  for (const [name, words] of [
    ['none', 'What the site calls its picture is none.'],
    ['large', 'The picture is too large to be shown here.'],
  ]) {
    const query = new URLSearchParams({ to: `http://${host}/${name}.jpg` })
    const found = await look(imports, `/hostile/thumbnail?${query}`)
    expect(found, content).toMatchObject({ kind: 'video', picture_note: words })
    expect(found.picture).toBeUndefined()
  }
})

test('videos of one page are told apart, and come together into one folder', async () => {
  await using imports = await startTestImportServer()
  const { entries = [], ...page } = await look(imports, '/elements')
  expect(page).toMatchObject({ kind: 'list', title: 'Harbours', total: 2 })
  expect(entries.map(({ item }) => item)).toEqual([1, 2])
  for (const { link, item, position } of entries) {
    const video = {
      quality: '360',
      folder: '/Series/',
      prefix: `0${position} `,
      ...(item && { item }),
    }
    const task = await imports.run(link, { type: 'video', video })
    expect(task, JSON.stringify(task)).toMatchObject({ state: 'completed', folder: '/Series/' })
  }
  const { names } = await imports.list('/Series/')
  expect(names).toEqual(['01 Harbours (1).mp4', '02 Harbours (2).mp4'])
})

test('where yt-dlp is missing, a look at a page says so', async () => {
  await using imports = await startTestImportServer({ config: { ytDlp: '/not-there' } })
  const url = `${imports.site.origin}/watch/harbour`
  const reply = await imports.server.post('/api/v1/import/inspect', { url })
  expect(await reply.json()).toMatchObject({ code: 'feature_disabled' })
})
