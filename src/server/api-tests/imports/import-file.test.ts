import { expect, test } from 'vitest'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startTestSource } from '#server/testing/imports/source.ts'
import { testFileBytes } from '#server/testing/imports/video-files.ts'

async function fetchBytes(link: string | undefined): Promise<Buffer> {
  const reply = await fetch(link ?? '')
  return Buffer.from(await reply.arrayBuffer())
}

test('a file comes whole into the folder that was asked for, and its link answers with its bytes', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run('/file/report.pdf?size=300000', {
    type: 'file',
    path: '/Papers/2026/',
  })
  expect(task).toMatchObject({
    type: 'file',
    state: 'completed',
    progress: '100%',
    title: 'report.pdf',
  })
  expect(task.folder).toBeUndefined()
  expect((await fetchBytes(task.link)).equals(testFileBytes(0, 300_000))).toBe(true)
  expect(await imports.list('/Papers/2026/')).toEqual({ folders: [], names: ['report.pdf'] })
})

test('a name that was asked for is taken, a taken one gets a number, and nothing is overwritten', async () => {
  await using imports = await startTestImportServer()
  await imports.run('/file/a?size=10', { filename: 'mine.bin' })
  await imports.run('/file/a?size=11', { filename: 'mine.bin' })
  expect((await imports.list()).names).toEqual(['mine (2).bin', 'mine.bin'])
})

test('the name comes from Content-Disposition before the address, also after a redirect', async () => {
  await using imports = await startTestImportServer()
  const named = `/file/x?disposition=${encodeURIComponent(`attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.zip`)}`
  await imports.run(`/redirect?to=${encodeURIComponent(named)}`)
  await imports.run(`/redirect?status=307&to=${encodeURIComponent('/file/behind.bin')}`)
  expect((await imports.list()).names).toEqual(['behind.bin', 'grüße.zip'])
})

test.each([
  ['UTF-8', Buffer.from('/grüße.zip?ü'), '/gr%C3%BC%C3%9Fe.zip?%C3%BC', 'grüße.zip'],
  ['GBK', Buffer.from('2fc8d52e7a6970', 'hex'), '/%C8%D5.zip', '%C8%D5.zip'],
  ['blanks', Buffer.from('  two blanks.zip#part  '), '/two%20blanks.zip', 'two blanks.zip'],
  ['no scheme', Buffer.from('//HOST/a.zip'), '/a.zip', 'a.zip'],
])(
  'a redirect in %s asks for the bytes that the site wrote, as browsers do',
  async (_what, bytes, path, name) => {
    const asked: string[] = []
    await using source = await startTestSource(
      (outgoing) => {
        const location = bytes.toString('latin1').replace('HOST', source.host)
        outgoing.writeHead(302, { location }).end()
      },
      (outgoing, incoming) => {
        asked.push(incoming.url ?? '')
        outgoing.end('greetings')
      },
    )
    await using imports = await startTestImportServer({ config: { importAllow: [source.host] } })
    await imports.run(`${source.origin}/x`, { type: 'file' })
    expect(asked).toEqual([path])
    expect((await imports.list()).names).toEqual([name])
  },
)

test('an empty file is a file', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run('/file/empty.txt?size=0')
  expect(task.state).toBe('completed')
  expect(await fetchBytes(task.link)).toHaveLength(0)
})

test.each([
  ['with a strong ETag', ''],
  ['after several breaks', '&breaks=3'],
])('a broken connection is resumed by Range, %s', async (_how, temper) => {
  await using imports = await startTestImportServer()
  const task = await imports.run(`/file/x.bin?size=500000&breakAt=200000${temper}`, {
    type: 'file',
  })
  expect(task.state).toBe('completed')
  expect((await fetchBytes(task.link)).equals(testFileBytes(0, 500_000))).toBe(true)
  const ranges = imports.site.requests.map(({ range }) => range)
  expect(ranges[0]).toBeUndefined()
  expect(ranges[1]).toMatch(/^bytes=\d+-$/)
})

test.each([
  ['without ranges', '&ranges=no'],
  ['without a version to compare', '&etag=no'],
  ['with another version by then', '&etag=new'],
])('a source %s is fetched from the start again, never joined', async (_how, temper) => {
  await using imports = await startTestImportServer()
  const task = await imports.run(`/file/x.bin?size=500000&breakAt=200000${temper}`, {
    type: 'file',
  })
  expect(task.state).toBe('completed')
  expect((await fetchBytes(task.link)).equals(testFileBytes(0, 500_000))).toBe(true)
})

test('a source that always breaks off fails in words and leaves nothing', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run('/file/x.bin?size=500000&breakAt=200000&breaks=99&ranges=no', {
    type: 'file',
  })
  expect(task).toMatchObject({ state: 'failed', error: 'The site broke the connection.' })
  expect(task.link).toBeUndefined()
  expect((await imports.list()).names).toEqual([])
  await imports.expectNoLeftovers()
})

const failures: Record<string, string> = {
  '/file/x?status=404': 'The site answered 404 (not found).',
  '/file/x?status=206': 'The site answered 206 (a piece of the file, which nobody asked for).',
  '/file/x?status=204&size=0': 'The site answered 204 (no content).',
  '/file/x?status=503': 'The site answered 503 (unavailable).',
  // An empty Location is the page itself.
  '/redirect?to=': 'The link redirects too often.',
  '/redirect?to=http://%5B': 'The site redirects to something that is no link.',
  '/redirect?to=file:///etc/passwd': 'Only http and https links can be imported.',
  '/redirect?to=http://u:p@127.0.0.1/':
    'Links with a user name or password in them cannot be imported.',
  '/gzip-bomb':
    'The site sends that file compressed, and it unpacks to more than 250 times its size, as traps do.',
  '/hang-up': 'The site broke the connection.',
  '/nonsense':
    'The site answered in something that is not HTTP, or in HTTP without headers (0.9), which browsers refuse, too. Check the port in the link.',
  '/upgrade': 'The site answered 101 (another protocol than HTTP).',
  'http://nowhere.invalid/x': 'There is no site of that name.',
}

test('every way to fail is told in words, and leaves nothing', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 8 } })
  const told = await Promise.all(
    Object.keys(failures).map(async (link) => {
      const { state, error } = await imports.run(link, { type: 'file' })
      return [link, state === 'failed' ? error : state]
    }),
  )
  expect(Object.fromEntries(told)).toEqual(failures)
  expect((await imports.list()).names).toEqual([])
  await imports.expectNoLeftovers()
})

test.each([
  ['says so in Content-Length', '/file/x?size=200000'],
  ['says nothing of its length', '/file/x?size=200000&length=no'],
  ['never ends', '/endless'],
])('a source that is too large and %s is refused, and nothing stays', async (_how, link) => {
  await using imports = await startTestImportServer({ config: { uploadMaxBytes: 100_000 } })
  const task = await imports.run(link, { type: 'file' })
  expect(task).toMatchObject({ state: 'failed', error: 'It is larger than this server accepts.' })
  expect((await imports.list()).names).toEqual([])
  await imports.expectNoLeftovers()
})

test('progress moves: in percent where the length is known, in bytes where it is not', async () => {
  await using imports = await startTestImportServer()
  const isMoving = ({ progress }: { progress: string }) => progress !== '0%'
  const known = await imports.start('/file/a.bin?size=1600000&pace=20')
  expect((await imports.waitFor(known, isMoving)).progress).toMatch(/^\d\d?%$/)
  const unknown = await imports.start('/file/b.bin?size=1600000&pace=20&length=no')
  expect((await imports.waitFor(unknown, isMoving)).progress).toMatch(/^\d\.\d MB$/)
})

test('cancelling a running import stops the download and leaves nothing', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/file/a.bin?size=16000000&pace=20')
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  const reply = await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect([reply.status, await reply.json()]).toEqual([200, { status: 'ok' }])
  const task = await imports.status(id)
  expect(task.state).toBe('cancelled')
  // How far it came is still told.
  expect(task.progress).toMatch(/^[1-9]\d?%$/)
  expect((await imports.list()).names).toEqual([])
  await imports.expectNoLeftovers()
})

test('an import that runs when the server stops is done after the next start', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/file/a.bin?size=800000&pace=20')
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  await imports.server.restart()
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task.state).toBe('completed')
  expect((await fetchBytes(task.link)).equals(testFileBytes(0, 800_000))).toBe(true)
  expect((await imports.list()).names).toEqual(['a.bin'])
})
