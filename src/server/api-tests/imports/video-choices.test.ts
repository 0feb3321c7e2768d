import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { endpoints } from '#contract/endpoints.ts'
import {
  startTestImportServer,
  type TestImportServer,
} from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp } from '#server/testing/imports/test-yt-dlp.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const folder = '/Harbour at dawn/'
const page = '/watch/a?list=languages'

async function linkOf(imports: TestImportServer, name: string) {
  const reply = await imports.server.get(`/api/v1/files?${new URLSearchParams({ path: folder })}`)
  const { files } = endpoints.files.reply.parse(await reply.json())
  return files.find((file) => file.name === name)?.link ?? ''
}

/** What ffprobe says of a stored file: `h264 aac 6`, codecs and whole seconds. */
async function probe(imports: TestImportServer, name: string) {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json']
  const { stdout } = await promisify(execFile)('ffprobe', [...args, await linkOf(imports, name)])
  const { streams, format } = JSON.parse(stdout) as {
    streams: { codec_name: string }[]
    format: { duration: string }
  }
  const codecs = streams.map(({ codec_name }) => codec_name).sort()
  return `${codecs.join(' ')} ${Math.round(Number(format.duration))}`
}

/** Which of the two sounds was fetched. */
const soundsOf = ({ site }: TestImportServer) => [
  ...new Set(site.requests.flatMap(({ line }) => /\?sound=(\w+)/.exec(line)?.[1] ?? [])),
]

test('only the languages of subtitles that were asked for come, and what is not there is told', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run(page, {
    video: { quality: '360', subtitles: true, subtitle_languages: ['EN', 'it', 'es', 'pt-BR'] },
  })
  expect(task).toMatchObject({ state: 'completed' })
  expect((await imports.list(folder)).names).toEqual([
    ...['Harbour at dawn.en.vtt', 'Harbour at dawn.es.vtt', 'Harbour at dawn.it.vtt'],
    'Harbour at dawn.mp4',
  ])
  expect(task.notes).toEqual([
    {
      ...{ code: 'no_such_language', file: 'Harbour at dawn.pt-BR' },
      message: 'The subtitles “pt-BR” were left out: the site has none in that language.',
    },
  ])
})

test.each([
  [undefined, 'en', undefined],
  ['de', 'de', undefined],
  ['fr', 'en', 'The sound is not in “fr”: the site tells of none in that language.'],
])('with the sound wanted in %s it comes in %s', async (audio_language, sound, message) => {
  await using imports = await startTestImportServer()
  const task = await imports.run(page, { video: { quality: '360', audio_language } })
  expect(task).toMatchObject({ state: 'completed' })
  expect(task.notes?.map((note) => note.message)).toEqual(message && [message])
  expect(soundsOf(imports)).toEqual([sound])
  expect(await probe(imports, 'Harbour at dawn.mp4')).toBe('aac h264 6')
})

test.each([
  ['mp3', 'mp3 6'],
  ['opus', 'opus 6'],
  ['flac', 'flac 6'],
  ['best', 'aac 6'],
] as const)('sound alone is converted to %s', async (audio_format, streams) => {
  await using imports = await startTestImportServer()
  await imports.run(page, { video: { quality: 'audio', audio_format, audio_language: 'de' } })
  const { names } = await imports.list(folder)
  expect(names).toEqual([`Harbour at dawn.${audio_format === 'best' ? 'm4a' : audio_format}`])
  expect(await probe(imports, names[0] ?? '')).toBe(streams)
  expect(soundsOf(imports)).toEqual(['de'])
})

test.each([
  [{ from: 2, to: 4 }, 2],
  [{ from: 4 }, 2],
  [{ to: 1.5 }, 2],
  // The end of the film is the end, wherever it was to be.
  [{ from: 5, to: 7200 }, 1],
])('of the section %o comes that part, of the subtitles as well', async (section, seconds) => {
  await using imports = await startTestImportServer()
  const video = { quality: '360', section, subtitles: true, subtitle_languages: ['en'] }
  const task = await imports.run(page, { video })
  expect(task).toMatchObject({ state: 'completed' })
  expect((await imports.list(folder)).names).toEqual([
    ...['Harbour at dawn.en.vtt', 'Harbour at dawn.mp4'],
  ])
  expect(await probe(imports, 'Harbour at dawn.mp4')).toBe(`aac h264 ${seconds}`)
  const text = await (await fetch(await linkOf(imports, 'Harbour at dawn.en.vtt'))).text()
  expect(text).toContain('Good morning, harbour.')
  expect(text).toMatch(/^00:00\.000 -->/m)
})

test('a section that begins after the end fails in words and leaves nothing', async () => {
  await using imports = await startTestImportServer()
  const task = await imports.run(page, { video: { section: { from: 3605, to: 3606 } } })
  expect(task).toMatchObject({
    ...{ state: 'failed', error_code: 'unusable_format' },
    error: 'The section begins at 1:00:05, and the video is over at 0:06.',
  })
  expect(await imports.list()).toEqual({ folders: [], names: [] })
  await imports.expectNoLeftovers()
})

const languages = (amount: number) => Array.from({ length: amount }, () => 'en')

test.each([
  [{ section: { from: 5, to: 2 } }, 'must end after it begins'],
  [{ section: { from: 5, to: 5 } }, 'must end after it begins'],
  [{ section: {} }, 'needs from, to or both'],
  [{ section: { from: -1 } }, 'are seconds'],
  [{ section: { from: 'inf' } }, 'are seconds'],
  [{ section: { to: 1e12 } }, 'are seconds'],
  [{ subtitles: true, subtitle_languages: languages(200) }, 'at most 20'],
  [{ subtitles: true, subtitle_languages: ['--exec=id'] }, 'codes of languages'],
  [{ subtitles: true, subtitle_languages: ['en,all'] }, 'codes of languages'],
  [{ subtitles: true, subtitle_languages: ['.*'] }, 'codes of languages'],
  [{ subtitles: true, subtitle_languages: ['en\nall'] }, 'codes of languages'],
  [{ audio_language: '-x' }, 'codes of languages'],
  [{ audio_language: 'de]/worst[ext=mp4' }, 'codes of languages'],
  [{ audio_format: '--exec' }, 'audio_format'],
  [{ prefer: 'loudest' }, 'prefer'],
  [{ subtitles: true, automatic_subtitles: true }, 'needs video.subtitle_languages'],
  [{ automatic_subtitles: true, subtitle_languages: ['en'] }, 'needs video.subtitles'],
])('%o is refused with the rule that it breaks', async (video, rule) => {
  await using imports = await startTestImportServer()
  const reply = await imports.server.post('/api/v1/import', { url: imports.site.origin, video })
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({
    ...{ code: 'invalid_request', message: expect.stringContaining(rule) },
  })
})

/** The options that the program was given, by a fake that writes them into the video's title. */
async function optionsFor(video: object, sponsorblock = false) {
  await using fake = await createFakeYtDlp(
    `printf 'BARKEEP-VIDEO {"title": "%s"}\\n' "$(echo "$*" | tr '"\\\\' '  ')"; cp "$FILM" video.mp4`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path, sponsorblock } })
  const task = await imports.run('/watch/a', { type: 'video', video })
  return task.title ?? ''
}

test('automatic subtitles are asked for in the languages that were named alone', async () => {
  const video = { subtitles: true, subtitle_languages: ['en', 'de'] }
  const given = await optionsFor({ ...video, automatic_subtitles: true })
  expect(given).toContain('--write-auto-subs --sub-langs (?i:en)(?:[-_.].*)?$,(?i:de)')
  expect(await optionsFor(video)).not.toContain('--write-auto-subs')
})

test('what is to play everywhere is H.264 in MP4, and the smallest keeps the lines that were chosen', async () => {
  expect(await optionsFor({ prefer: 'most_compatible' })).toMatch(
    /--format-sort vcodec:h264,\S+ --merge-output-format mp4\/mkv --remux-video/,
  )
  const given = await optionsFor({ prefer: 'smallest', quality: '720' })
  expect(given).toContain('--format-sort lang,res:720,+size,+br,+fps')
})

test('SponsorBlock is asked where the owner of the server allows it, and refused where not', async () => {
  expect(await optionsFor({ sponsorblock: true }, true)).toContain('--sponsorblock-mark all')
  expect(await optionsFor({}, true)).not.toContain('sponsorblock')
  await using imports = await startTestImportServer()
  const body = { url: `${imports.site.origin}/watch/a`, video: { sponsorblock: true } }
  const reply = await imports.server.post('/api/v1/import', body)
  expect(reply.status).toBe(503)
  expect(await reply.json()).toMatchObject({
    ...{ code: 'feature_disabled', message: expect.stringContaining('BARKEEP_SPONSORBLOCK=on') },
  })
})

test('choices outlive a restart of the server', async () => {
  await using imports = await startTestImportServer()
  const video = { quality: '360', audio_language: 'de', section: { from: 2, to: 4 } }
  const id = await imports.start(`${page}&pace=300`, { video })
  await imports.waitFor(id, ({ progress }) => progress !== '0%')
  imports.site.forget()
  await imports.server.restart()
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'completed' })
  expect(soundsOf(imports)).toEqual(['de'])
  expect(await probe(imports, 'Harbour at dawn.mp4')).toBe('aac h264 2')
})
