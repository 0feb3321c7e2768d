import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import {
  masterList,
  startOddVideoSite,
  subtitleLines,
} from '#server/testing/imports/odd-video-site.ts'
import { createFakeYtDlp } from '#server/testing/imports/test-yt-dlp.ts'
import { makeTestVideoMedia } from '#server/testing/imports/video-files.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const cue = (words: string) => `WEBVTT\n\n00:00.000 --> 00:02.000\n${words}\n`
const html = '<!doctype html><title>Not here</title>'
const all = { quality: '360', subtitles: true, thumbnail: true }

async function textOf({ server }: TestImportServer, folder: string, name: string) {
  const reply = await server.get(`/api/v1/files?${new URLSearchParams({ path: folder })}`)
  const { files } = (await reply.json()) as { files: { name: string; link: string }[] }
  const link = files.find((file) => file.name === name)?.link ?? ''
  return await (await fetch(link)).text()
}

test('several subtitle tracks of one language are all kept, each under its own name', async () => {
  const track = (name: string, uri: string, group = 's') =>
    `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="${group}",NAME="${name}",LANGUAGE="en",URI="${uri}"`
  await using site = await startOddVideoSite({
    files: {
      '/master.m3u8': masterList(
        [
          ...[track('English', '/en.vtt'), track('English', '/again.vtt', 'other group')],
          ...[track('Director/s: cut', '/director.vtt'), track('Описание', '/described.vtt')],
        ],
        ',SUBTITLES="s"',
      ),
      '/en.vtt': cue('Hello'),
      '/again.vtt': cue('Hello'),
      '/director.vtt': cue('I was cold that day'),
      '/described.vtt': cue('A door opens'),
    },
  })
  await using imports = await startTestImportServer({ config: { importAllow: [site.host] } })
  const task = await imports.run(`${site.origin}/watch`, {
    video: { quality: '360', subtitles: true },
  })
  expect(task).toMatchObject({ state: 'completed', folder: '/Odd/' })
  expect((await imports.list('/Odd/')).names.toSorted()).toEqual(
    ['Odd.en.Director s cut.vtt', 'Odd.en.vtt', 'Odd.en.Описание.vtt', 'Odd.mp4'].toSorted(),
  )
  const words = await textOf(imports, '/Odd/', 'Odd.en.Director s cut.vtt')
  expect(words).toContain('I was cold that day')
  expect(await textOf(imports, '/Odd/', 'Odd.en.vtt')).toContain('Hello')
})

test('each bad extra is left out by name, and the video and the good ones are kept', async () => {
  const poster = await readFile(join(await makeTestVideoMedia(), 'poster.jpg'))
  const large = `${cue('Large')}\n${'NOTE filler\n\n'.repeat(800_000)}00:03.000 --> 00:04.000\nEnd\n`
  await using site = await startOddVideoSite({
    page: { thumbnailUrl: ['/cut.jpg'] },
    files: {
      '/master.m3u8': masterList(
        subtitleLines([
          ...([
            ['en', '/en.vtt'],
            ['en.forced', '/forced.vtt'],
            ['zh-Hans', '/zh.srt'],
          ] as const),
          ...([
            ['de', '/empty.vtt'],
            ['fr', '/page.vtt'],
            ['es', '/missing.vtt'],
          ] as const),
          ...([
            ['it', '/broken.m3u8'],
            ['pt', '/latin.vtt'],
            ['nl', '/cut.vtt'],
          ] as const),
          ...([
            ['sv', '/large.vtt'],
            ['fi', '/tt.ttml'],
            ['da/x', '/en.vtt'],
          ] as const),
          ...([
            ['cs', '/subtitles?of=cs'],
            ['pl', '/sign-in?for=pl'],
            ['temp', '/en.vtt'],
            ['x'.repeat(300), '/en.vtt'],
          ] as const),
        ]),
        ',SUBTITLES="s"',
      ),
      '/en.vtt': cue('Hello'),
      '/forced.vtt': cue('Signs'),
      '/zh.srt': '1\r\n00:00:00,000 --> 00:00:02,000\r\n你好\r\n',
      '/empty.vtt': '',
      '/page.vtt': { type: 'text/html', body: html },
      '/broken.m3u8': `#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n/page.vtt\n#EXT-X-ENDLIST\n`,
      '/latin.vtt': Buffer.from(cue('Não há pão'), 'latin1'),
      '/cut.vtt': cue('Whole').concat('\n00:02.000 --> 00:'),
      '/large.vtt': large,
      '/tt.ttml':
        '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="00:00:01.000" end="00:00:02.500">Hei<br/>&amp; moi</p></div></body></tt>',
      '/subtitles': cue('Ahoj'),
      '/sign-in': { type: 'text/html', body: html },
      '/cut.jpg': poster.subarray(0, 4000),
    },
  })
  await using imports = await startTestImportServer({ config: { importAllow: [site.host] } })
  const task = await imports.run(`${site.origin}/watch`, { video: all })
  expect(task).toMatchObject({ state: 'completed', folder: '/Odd/' })
  const tracks = ['en.forced', 'en', 'fi', 'pt', 'sv', 'zh-Hans', 'cs', 'temp', 'x'.repeat(80)]
  expect((await imports.list('/Odd/')).names.toSorted()).toEqual(
    ['Odd.mp4', ...tracks.map((track) => `Odd.${track}.vtt`)].toSorted(),
  )
  expect(await textOf(imports, '/Odd/', 'Odd.zh-Hans.vtt')).toContain(
    '00:00:00.000 --> 00:00:02.000\n你好',
  )
  expect(await textOf(imports, '/Odd/', 'Odd.pt.vtt')).toContain('Não há pão')
  expect(await textOf(imports, '/Odd/', 'Odd.fi.vtt')).toContain(
    '00:00:01.000 --> 00:00:02.500\nHei\n&amp; moi',
  )
  await imports.expectNoLeftovers()
  const notes = Object.fromEntries((task.notes ?? []).map(({ file, message }) => [file, message]))
  expect(notes).toEqual({
    'Odd.de': 'The subtitles “de” were left out: the file is empty.',
    'Odd.pl': expect.stringContaining('web page'),
    'Odd.fr.vtt': expect.stringContaining('web page'),
    'Odd.es': expect.stringContaining('404'),
    'Odd.it.vtt': expect.stringMatching(/^The subtitles “it” were left out: /),
    'Odd.nl.vtt': expect.stringContaining('breaks off'),
    'Odd.da/x': expect.stringContaining('“da/x”'),
    'Odd.jpg': 'The thumbnail was left out: the file breaks off.',
  })
})

test.each([
  ['0 bytes', () => '', [], 'empty'],
  ['a web page', () => ({ type: 'text/html', body: html }), [], 'web page'],
  ['a missing file', () => ({ status: 404 }), [], '404'],
  ['a PNG that is called a JPEG', () => png, ['Odd.png'], null],
  [
    'a drawing that names other files',
    () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
    [],
    'name says',
  ],
])('a thumbnail that is %s', async (_what, answer, kept, words) => {
  await using site = await startOddVideoSite({
    page: { thumbnailUrl: ['/thumb.jpg'] },
    files: { '/master.m3u8': masterList([]), '/thumb.jpg': answer() },
  })
  await using imports = await startTestImportServer({ config: { importAllow: [site.host] } })
  const task = await imports.run(`${site.origin}/watch`, { video: all })
  expect((await imports.list('/Odd/')).names).toEqual(['Odd.mp4', ...kept])
  if (words === null) expect(task.notes).toBeUndefined()
  else expect(task.notes).toMatchObject([{ message: expect.stringContaining(words) }])
})

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

const film = async () => join(await makeTestVideoMedia(), 'film.mp4')

test('everything that the program wrote is stored under one stem, or named', async () => {
  const wrote = [
    ...['video.en-orig.vtt', 'video.en.forced.vtt', 'video.en.SDH, full (1).vtt', 'video.😀.vtt'],
  ]
  const script = [
    `cp ${await film()} video.mp4; cp video.mp4 video.f4v`,
    ...wrote.map((name) => `printf 'WEBVTT\\n\\n00:00.000 --> 00:02.000\\nx\\n' > '${name}'`),
    `printf '1\\n00:00:00,000 --> 00:00:02,000\\nx\\n' > video.en-orig.srt`,
    "echo '{}' > video.live_chat.json; echo About > video.description; echo '{}' > video.info.json",
    'echo x > video.de.vtt.part; echo x > video.webp; echo y > chapters.txt',
  ]
  await using fake = await createFakeYtDlp(
    [`echo 'BARKEEP-VIDEO {"title": "All"}'`, ...script].join('\n'),
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const task = await imports.run('/watch/a', { type: 'video', video: all })
  expect(task).toMatchObject({ state: 'completed' })
  const kept = wrote.map((name) => name.replace('video', 'All'))
  expect((await imports.list('/All/')).names.toSorted()).toEqual(
    [
      ...['All.mp4', 'All.f4v', ...kept, 'All.en-orig-2.vtt', 'All.chapters.txt'],
      ...['All.live_chat.json', 'All.description', 'All.info.json'],
    ].toSorted(),
  )
  expect(task.notes?.map(({ file }) => file).toSorted()).toEqual(['All.de.vtt', 'All.webp'])
})

test.each([
  ['exit 1', 'exit 1'],
  ['killed while preparing it', 'cp video.mp4 video.temp.mp4; kill -KILL $$'],
])('a video that was complete when the program failed counts: %s', async (_what, end) => {
  await using fake = await createFakeYtDlp(
    `echo 'BARKEEP-VIDEO {"title": "Whole", "duration": 6}'\necho 'BARKEEP-START "NA"'
cp ${await film()} video.mp4\necho 'ERROR: Postprocessing: Conversion failed!' >&2\n${end}`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const task = await imports.run('/watch/a', { type: 'video' })
  expect(task).toMatchObject({ state: 'completed', folder: '/Whole/' })
  expect(task.notes?.at(-1)).toMatchObject({ code: 'unprepared' })
  expect((await imports.list('/Whole/')).names).toEqual(['Whole.mp4'])
})

test.each([
  ['a part is still coming', 'cp FILM video.mp4; echo x > video.mp4.part-Frag7'],
  ['it can be read only in part', 'head -c 3000 FILM > video.mp4'],
  ['it is shorter than the site says', 'cp FILM video.mp4', 60],
  ['picture and sound are not joined', 'cp FILM video.f1.mp4; cp FILM video.f2.m4a'],
  ['nothing came', 'true'],
])(
  'a video counts for nothing when the program failed and %s',
  async (_what, script, seconds = 6) => {
    await using fake = await createFakeYtDlp(
      `echo 'BARKEEP-VIDEO {"title": "Half", "duration": ${seconds}}'\necho 'BARKEEP-START ["1", "2"]'
${script.replaceAll('FILM', await film())}\nexit 1`,
    )
    await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
    expect(await imports.run('/watch/a', { type: 'video' })).toMatchObject({ state: 'failed' })
    expect(await imports.list()).toEqual({ folders: [], names: [] })
    await imports.expectNoLeftovers()
  },
)

test('a program that fails over the extras is asked for the video alone', async () => {
  await using fake = await createFakeYtDlp(`echo 'BARKEEP-VIDEO {"title": "Alone"}'
case "$*" in *--write-subs*) printf 'WEBVTT\\n\\n00:00.000 --> 00:02.000\\nx\\n' > video.en.vtt; echo Traceback >&2; exit 1;; esac
echo 'BARKEEP-START "NA"'; cp ${await film()} video.mp4`)
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const task = await imports.run('/watch/a', { type: 'video', video: all })
  expect(task).toMatchObject({ state: 'completed' })
  expect((await imports.list('/Alone/')).names).toEqual(['Alone.en.vtt', 'Alone.mp4'])
  expect(task.notes).toMatchObject([{ message: expect.stringContaining('thumbnail') }])
})

test('one stem for all names: a long title is cut once, never inside what people see as one', async () => {
  const title = `${'映'.repeat(80)}👩‍👩‍👧‍👦🇩🇪`
  await using fake = await createFakeYtDlp(
    `cat <<'END'\nBARKEEP-VIDEO ${JSON.stringify({ title })}\nEND
cp "$FILM" video.mp4; printf 'WEBVTT\\n\\n00:00.000 --> 00:02.000\\nx\\n' > video.zh-Hant.vtt`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  const { folder } = await imports.run('/watch/a', { type: 'video', video: all })
  const { names } = await imports.list(folder)
  const stems = names.map((name) => name.replace(/(\.zh-Hant)?\.\w+$/, ''))
  expect(stems).toEqual(
    ['映'.repeat(80), '映'.repeat(80)].map((stem) => stem.slice(0, stems[0]?.length)),
  )
  expect(new Set(stems).size).toBe(1)
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
})
