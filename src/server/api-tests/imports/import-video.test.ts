import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { findMediaTools } from '#server/imports/programs/media-tools.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { blobPaths, refuseWrites } from '#server/testing/test-store.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** What ffprobe finds in a stored file: `video 720`, `audio`. */
async function streamsOf(imports: TestImportServer, folder: string, name: string) {
  const query = new URLSearchParams({ path: folder })
  const reply = await imports.server.get(`/api/v1/files?${query}`)
  const { files } = (await reply.json()) as { files: { name: string; link: string }[] }
  const link = files.find((file) => file.name === name)?.link ?? ''
  // Not the synchronous one: the server that answers ffprobe runs in this process.
  const args = ['-v', 'error', '-show_streams', '-of', 'json', link]
  const { stdout } = await promisify(execFile)('ffprobe', args)
  const { streams } = JSON.parse(stdout) as {
    streams: { codec_type: string; height?: number }[]
  }
  return streams
    .map(({ codec_type, height }) => (height ? `${codec_type} ${height}` : codec_type))
    .sort()
}

test('a video page becomes a folder of its title with the video, the subtitles and the thumbnail', async () => {
  // All of yt-dlp this once, with every site that it knows.
  await using imports = await startTestImportServer({
    dependencies: { lookForTools: findMediaTools },
  })
  const task = await imports.run('/watch/harbour', {
    path: '/ignored/',
    video: { quality: '720', subtitles: true, thumbnail: true },
  })
  expect(task).toMatchObject({
    ...{ type: 'video', state: 'completed', progress: '100%' },
    ...{ title: 'Harbour at dawn', folder: '/Harbour at dawn/' },
  })
  expect(task.link).toBeUndefined()
  expect(await imports.list()).toEqual({ folders: ['Harbour at dawn'], names: [] })
  expect((await imports.list('/Harbour at dawn/')).names).toEqual([
    ...['Harbour at dawn.de.vtt', 'Harbour at dawn.en.vtt'],
    ...['Harbour at dawn.jpg', 'Harbour at dawn.mp4'],
  ])
  expect(await streamsOf(imports, '/Harbour at dawn/', 'Harbour at dawn.mp4')).toEqual([
    'audio',
    'video 720',
  ])
  await imports.expectNoLeftovers()
})

test('best is the highest, a height is the most there may be, audio is sound alone; each title has its own folder', async () => {
  await using imports = await startTestImportServer({ config: { importConcurrency: 1 } })
  const folders = []
  for (const quality of ['best', '500', 'audio']) {
    const task = await imports.run('/watch/a?title=One.%20Two', { video: { quality } })
    folders.push(task.folder)
  }
  expect(folders).toEqual(['/One. Two/', '/One. Two (2)/', '/One. Two (3)/'])
  expect(await streamsOf(imports, '/One. Two/', 'One. Two.mp4')).toEqual(['audio', 'video 1080'])
  expect(await streamsOf(imports, '/One. Two (2)/', 'One. Two.mp4')).toEqual(['audio', 'video 360'])
  expect((await imports.list('/One. Two (3)/')).names).toEqual(['One. Two.m4a'])
  expect(await streamsOf(imports, '/One. Two (3)/', 'One. Two.m4a')).toEqual(['audio'])
})

test('picture and sound that come apart are joined to an mp4, which every browser plays', async () => {
  await using imports = await startTestImportServer()
  await imports.run('/watch/a?list=separate')
  expect((await imports.list('/Harbour at dawn/')).names).toEqual(['Harbour at dawn.mp4'])
  expect(await streamsOf(imports, '/Harbour at dawn/', 'Harbour at dawn.mp4')).toEqual([
    'audio',
    'video 720',
  ])
})

test('a subtitle track that is missing does not take the video with it', async () => {
  await using imports = await startTestImportServer()
  const { origin } = imports.site
  const list = `${origin}/hostile/subtitles.m3u8?to=${encodeURIComponent(`${origin}/missing`)}`
  const task = await imports.run(`/hostile/content?to=${encodeURIComponent(list)}`, {
    video: { subtitles: true },
  })
  expect(task).toMatchObject({ state: 'completed', folder: '/Trap/' })
  expect((await imports.list('/Trap/')).names).toEqual(['Trap.mp4'])
})

test('a piece that is missing fails the video, also where subtitles were asked for', async () => {
  await using imports = await startTestImportServer()
  const { origin } = imports.site
  const list = `${origin}/hostile/segment.m3u8?to=${encodeURIComponent(`${origin}/missing`)}`
  const task = await imports.run(`/hostile/content?to=${encodeURIComponent(list)}`, {
    video: { subtitles: true },
  })
  expect(task).toMatchObject({
    ...{ state: 'failed', error: 'A piece of the video is missing on its site.' },
  })
})

test('two videos of one title at the same time get a folder each', async () => {
  await using imports = await startTestImportServer()
  const tasks = await Promise.all(
    ['/watch/a', '/watch/b'].map((link) => imports.run(link, { video: { quality: '360' } })),
  )
  expect(tasks.map(({ folder }) => folder).sort()).toEqual([
    '/Harbour at dawn (2)/',
    '/Harbour at dawn/',
  ])
})

test('a title from outside makes safe names', async () => {
  await using imports = await startTestImportServer()
  const title = encodeURIComponent('../../etc/</script>\n<b>\u202eгавань')
  const task = await imports.run(`/watch/a?title=${title}`, { video: { quality: '360' } })
  expect(task).toMatchObject({ state: 'completed', folder: '/.._.._etc_<_script> <b> гавань/' })
  expect((await imports.list(task.folder)).names).toEqual(['.._.._etc_<_script> <b> гавань.mp4'])
})

test('progress moves and tells the title; cancelling ends yt-dlp and leaves nothing', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/watch/a?pace=300')
  const moving = await imports.waitFor(id, ({ progress }) => progress !== '0%')
  expect(moving).toMatchObject({ state: 'running', title: 'Harbour at dawn' })
  expect(moving.progress).toMatch(/^\d\d?%$/)
  const reply = await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect(reply.status).toBe(200)
  expect(await imports.status(id)).toMatchObject({ state: 'cancelled' })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
  expect(ytDlpProcesses(imports)).toEqual([])
})

test('a video that runs when the server stops is done after the next start', async () => {
  await using imports = await startTestImportServer()
  const id = await imports.start('/watch/a?pace=200', { video: { quality: '360' } })
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  await imports.server.restart()
  expect(await imports.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
    ...{ state: 'completed', folder: '/Harbour at dawn/' },
  })
  expect(await imports.list()).toEqual({ folders: ['Harbour at dawn'], names: [] })
})

test.each([
  ['the second file', { type: 'video', video: { quality: '360', thumbnail: true } }],
  ["an import's end", { type: 'video', video: { quality: '360', thumbnail: true } }],
  ["an import's end", { type: 'file', filename: 'page.html' }],
] as const)(
  'when %s cannot be written nothing is listed and nothing stays',
  async (what, asked) => {
    await using imports = await startTestImportServer()
    const refusal = refuseWrites(imports.server, what)
    expect(await imports.run('/watch/a', asked)).toMatchObject({ state: 'failed' })
    expect(await imports.list()).toEqual({ folders: [], names: [] })
    expect(await blobPaths(imports.server)).toEqual([])
    await imports.expectNoLeftovers()
    // The control: it was the fault that kept it from being listed.
    refusal[Symbol.dispose]()
    const task = await imports.run('/watch/a', asked)
    const names =
      asked.type === 'file' ? ['page.html'] : ['Harbour at dawn.jpg', 'Harbour at dawn.mp4']
    expect((await imports.list(task.folder)).names).toEqual(names)
    expect(await blobPaths(imports.server)).toHaveLength(names.length)
  },
)

/** yt-dlp processes of this server: its site's address is among their arguments. */
function ytDlpProcesses({ site }: TestImportServer): string[] {
  const lines = execFileSync('ps', ['-eo', 'args']).toString().split('\n')
  return lines.filter(
    (line) => line.includes('--ignore-config') && line.includes(`${site.origin}/`),
  )
}

const noVideo =
  'No video was found on that page. To save the page itself, import it with the type File.'

test.each([
  ['/no-video', noVideo],
  // Called a page, and no HTML: yt-dlp takes such for a video.
  ['/file/x?size=1000&type=text/html', noVideo],
  ['/gzip-bomb?type=text/html&times=30', 'That page is too large to look for a video in it.'],
  ['/watch/a', 'That video has no version of the chosen quality.'],
  ['/missing', 'The site answered 404 (not found).'],
  ['/file/x?status=502', 'The site answered 502 (server error).'],
  ['/hang-up', 'The site broke the connection.'],
  ['http://nowhere.invalid/', 'There is no site of that name.'],
  ['https://nowhere.invalid/', 'There is no site of that name.'],
])('%s cannot be fetched as a video: it fails in words and leaves nothing', async (link, error) => {
  await using imports = await startTestImportServer()
  const task = await imports.run(link, { type: 'video', video: { quality: '144' } })
  expect(task).toMatchObject({ state: 'failed', error })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
})

test('a page that is called one and has no video is told so also with the type auto', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run('/file/x?size=1000&type=text/html')
  expect(task).toMatchObject({ type: 'video', state: 'failed', error: noVideo })
})

test('a site that drips a video is given up in words, once the first minute is over', async () => {
  let lead = 0
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + lead }
  await using imports = await startTestImportServer({ dependencies: { clock } })
  const film = `${imports.site.origin}/file/v.mp4?size=1000000&pace=60000&type=video/mp4`
  const id = await imports.start(`/hostile/content?to=${encodeURIComponent(film)}`)
  await imports.waitFor(id, ({ title }) => title !== undefined)
  lead = 61_000
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'failed', error: 'The site sends the video too slowly.' })
  await imports.expectNoLeftovers()
})

test.each([
  ['by its length', '/file/v.mp4?size=900000&type=video/mp4'],
  ['by its pieces', '/watch/a'],
  ['without an end', '/endless?type=video/mp4'],
])('a video that is too large %s is refused, and nothing stays', async (_how, link) => {
  await using imports = await startTestImportServer({ config: { uploadMaxBytes: 200_000 } })
  const to = encodeURIComponent(imports.site.origin + link)
  const task = await imports.run(link.startsWith('/watch') ? link : `/hostile/content?to=${to}`)
  expect(task).toMatchObject({
    ...{ state: 'failed', error: 'It is larger than this server accepts.' },
  })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
})
