import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import {
  masterList,
  startOddVideoSite,
  subtitleLines,
} from '#server/testing/imports/odd-video-site.ts'
import { createFakeYtDlp } from '#server/testing/imports/test-yt-dlp.ts'
import { makeTestVideoMedia } from '#server/testing/imports/video-files.ts'

const titled = (title: string) => {
  const line = `BARKEEP-VIDEO ${JSON.stringify({ title })}`
  return `cat <<'END'\n${line}\nEND\ncp "$FILM" video.mp4`
}

test.each([
  ['300 bytes', 'ü'.repeat(150), /^ü{127}$/],
  ['control characters', 'a\u0000b\u001b[31mc\u007fd', /^a b \[31mc d$/],
  ['a way up', '../../../etc/passwd', /^\.\._\.\._\.\._etc_passwd$/],
  ['a way up of Windows', '..\\..\\x', /^\.\._\.\._x$/],
  ['one dot', '.', /^Video$/],
  ['only dots', '....', /^Video$/],
  ['nothing', '', /^Video$/],
  ['only spaces', ' \u00a0 ', /^Video$/],
  ['emoji', '👩‍🚀 lift-off 🚀', /^👩‍🚀 lift-off 🚀$/],
  ['letters from right to left', 'שלום', /^שלום$/],
  ['a turned reading direction', 'x\u202egpj.exe', /^x gpj\.exe$/],
])('a title of %s makes a safe folder with the video in it', async (_what, title, expected) => {
  await using fake = await createFakeYtDlp(titled(title))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const task = await imports.run('/watch/a', { type: 'video' })
  expect(task).toMatchObject({ state: 'completed' })
  const { folders, names } = await imports.list()
  expect(names).toEqual([])
  expect(folders).toEqual([expect.stringMatching(expected)])
  expect(Buffer.byteLength(folders[0] ?? '')).toBeLessThanOrEqual(255)
  const [name = '', ...others] = (await imports.list(task.folder)).names
  expect(others).toEqual([])
  expect(name.endsWith('.mp4')).toBe(true)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
})

// Beyond the limit the system stops a program; two files that fit are no reason to.
test('a file that is too large only once it was joined is refused, and nothing stays', async () => {
  await using fake = await createFakeYtDlp(
    'head -c 90000 /dev/zero > video.f1.mp4; head -c 100001 /dev/zero > video.mp4',
  )
  const config = { ytDlp: fake.path, uploadMaxBytes: 100_000 }
  await using imports = await startTestImportServer({ config })
  expect(await imports.run('/watch/a', { type: 'video' })).toMatchObject({
    ...{ state: 'failed', error: 'It is larger than this server accepts.' },
  })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
})

test('a disk that fills while ffmpeg joins without a word ends the import', async () => {
  await using fake = await createFakeYtDlp(
    `echo 'BARKEEP-VIDEO {"title": "Joining"}'; while :; do sleep 0.1; done`,
  )
  let isFull = false
  const freeBytes = async (folder: string) => (isFull ? 1_000 : systemDisk.freeBytes(folder))
  await using imports = await startTestImportServer({
    ...{ config: { ytDlp: fake.path }, dependencies: { disk: { ...systemDisk, freeBytes } } },
  })
  const id = await imports.start('/watch/a', { type: 'video' })
  await imports.waitFor(id, ({ title }) => title === 'Joining')
  isFull = true
  expect(await imports.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
    ...{ state: 'failed', error: 'The server has no room for it, or its disk fails.' },
  })
  await imports.expectNoLeftovers()
})

test('the same link twice at once: a file is one file, a video gets a folder each', async () => {
  await using fake = await createFakeYtDlp(titled('Twin'))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const twice = async (link: string, type: 'file' | 'video') =>
    await Promise.all([imports.run(link, { type }), imports.run(link, { type })])
  const files = await twice('/file/twin.bin?size=100000', 'file')
  expect(files.map(({ state }) => state)).toEqual(['completed', 'completed'])
  expect(new Set(files.map(({ link }) => link)).size).toBe(1)
  const videos = await twice('/watch/a', 'video')
  expect(videos.map(({ folder }) => folder).sort()).toEqual(['/Twin (2)/', '/Twin/'])
  expect((await imports.list()).names).toEqual(['twin.bin'])
})

test('progress of a video of two formats never falls, and is 100% only when it is listed', async () => {
  const part = (filename: string, bytes: number, status = 'downloading') =>
    `echo 'BARKEEP-PART ${JSON.stringify({ status, filename, downloaded_bytes: bytes, total_bytes: 10 })}'; sleep 0.05`
  const steps = ['video.f1.mp4', 'video.f2.m4a'].flatMap((name) => [
    ...[0, 3, 6, 9].map((bytes) => part(name, bytes)),
    part(name, 10, 'finished'),
  ])
  const start = `echo 'BARKEEP-START ["1","2"]'`
  await using fake = await createFakeYtDlp([start, ...steps, 'cp "$FILM" video.mp4'].join('\n'))
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const id = await imports.start('/watch/a', { type: 'video' })
  const seen: number[] = []
  const task = await imports.waitFor(id, ({ state, progress }) => {
    seen.push(Number.parseInt(progress, 10))
    return state !== 'running'
  })
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(new Set(seen).size).toBeGreaterThan(3)
  expect(seen.at(-2)).toBeLessThan(100)
  expect(task).toMatchObject({ state: 'completed', progress: '100%' })
})

const media = async (name: string) => await readFile(join(await makeTestVideoMedia(), name))
/** No file of any kind, the same in each run. */
const noise = () =>
  Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 31 + (at >> 3)) & 255))

test.each([
  ['a refusal in JSON', async () => '{"error": "quota exceeded"}', 'best'],
  ['a refusal in JSON', async () => '{"error": "quota exceeded"}', 'audio'],
  ['a line of text', async () => 'Not for you.', 'best'],
  ['zeros', async () => Buffer.alloc(100_000), 'best'],
  ['noise', async () => noise(), 'best'],
  ['noise', async () => noise(), 'audio'],
  ['an archive', async () => gzipSync(noise()), 'best'],
  ['a picture', () => media('poster.jpg'), 'best'],
  ['a film without its index', async () => (await media('film.mp4')).subarray(0, 20_000), 'best'],
  ['sound without its index', async () => (await media('sound.m4a')).subarray(0, 9_000), 'audio'],
])(
  '%s that comes with 200 as a film is told, and nothing is stored: %3$s',
  async (_what, body, quality) => {
    const link = quality === 'audio' ? '/sound.m4a' : '/film.mp4'
    const type = quality === 'audio' ? 'audio/mp4' : 'video/mp4'
    await using site = await startOddVideoSite({
      ...{ page: { contentUrl: link }, files: { [link]: { type, body: await body() } } },
    })
    await using imports = await startTestImportServer({ config: { importAllow: [site.host] } })
    expect(await imports.run(`${site.origin}/watch`, { video: { quality } })).toMatchObject({
      ...{
        state: 'failed',
        error: expect.stringMatching(/^The site sent something that is no video and no sound/),
      },
    })
    expect(await imports.list()).toEqual({ folders: [], names: [] })
  },
)

test('a film or a track by FTP is told as what it is, not as a private address', async () => {
  const files = {
    '/master.m3u8': masterList(
      subtitleLines([['en', 'ftp://127.0.0.1:9/en.vtt']]),
      ',SUBTITLES="s"',
    ),
  }
  await using site = await startOddVideoSite({ files })
  await using other = await startOddVideoSite({
    ...{ page: { contentUrl: 'ftp://127.0.0.1:9/film.mp4' }, files: {} },
  })
  const importAllow = [site.host, other.host]
  await using imports = await startTestImportServer({ config: { importAllow } })
  const task = await imports.run(`${site.origin}/watch`, { video: { subtitles: true } })
  expect(task.notes?.map(({ message }) => message)).toEqual([
    'The subtitles “en” were left out: that kind of stream cannot be imported.',
  ])
  expect(await imports.run(`${other.origin}/watch`, { type: 'video' })).toMatchObject({
    ...{ state: 'failed', error: 'That kind of stream cannot be imported.' },
  })
})
