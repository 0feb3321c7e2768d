import { expect, test, vi } from 'vitest'
import type { VideoOptions } from '#contract/imports.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import {
  masterList,
  type OddAnswer,
  startOddVideoSite,
} from '#server/testing/imports/odd-video-site.ts'

// Real programs on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** Imports the page of a site with these files, and tells what became of it and what was asked for. */
async function importOdd(
  contentUrl: string,
  files: Record<string, OddAnswer>,
  video: Partial<VideoOptions> = {},
) {
  await using site = await startOddVideoSite({ page: { contentUrl }, files })
  await using imports = await startTestImportServer({ config: { importAllow: [site.host] } })
  const task = await imports.run(`${site.origin}/watch`, { video })
  const { names } = await imports.list('/Odd/').catch(() => ({ names: [] }))
  return { task, names, asked: site.requests }
}

const pieces = [0, 1, 2, 3].map((index) => `#EXTINF:1,\n/media/360/index${index}.ts\n`).join('')
const list = (head: string, end: string) =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:1\n${head}${pieces}${end}`
const liveWindow = list('#EXT-X-MEDIA-SEQUENCE:1234\n', '')

const dash = (type: string, sets: string) =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="${type}" ${
    type === 'dynamic' ? 'availabilityStartTime="2026-01-01T00:00:00Z"' : ''
  } mediaPresentationDuration="PT6S"><Period>${sets}</Period></MPD>`
const picture =
  '<AdaptationSet mimeType="video/mp4"><Representation id="p" bandwidth="400000" codecs="avc1.64001f" width="640" height="360"><BaseURL>/media/silent.mp4</BaseURL></Representation></AdaptationSet>'
const sound = (language: string, inside = '', id = '') =>
  `<AdaptationSet mimeType="audio/mp4" lang="${language}">${inside}<Representation id="s-${language}${id}" bandwidth="64000" codecs="mp4a.40.2"><BaseURL>/media/sound.m4a?${language}${id}</BaseURL></Representation></AdaptationSet>`
const main = '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>'

const liveMaster =
  '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=640x360,CODECS="avc1.64001f,mp4a.40.2"\n/live.m3u8\n'

test.each([
  ['a list of pieces without an end', '/live.m3u8', { '/live.m3u8': liveWindow }],
  [
    'a list whose end stands in a title only',
    '/live.m3u8',
    { '/live.m3u8': list('', '#EXTINF:1,a #EXT-X-ENDLIST b\n/media/360/index4.ts\n') },
  ],
  ['a master list of such', '/m.m3u8', { '/m.m3u8': liveMaster, '/live.m3u8': liveWindow }],
  ['a DASH manifest that changes', '/live.mpd', { '/live.mpd': dash('dynamic', picture) }],
])('%s is told as live, and nothing is stored', async (_what, contentUrl, files) => {
  const { task, names } = await importOdd(contentUrl, files)
  expect(task).toMatchObject({
    ...{ state: 'failed', error: expect.stringContaining('Live streams cannot be imported') },
  })
  expect(names).toEqual([])
})

test.each([
  ['has an end', list('#EXT-X-MEDIA-SEQUENCE:1234\n', '#EXT-X-ENDLIST\n')],
  ['says that it is a film', list('#EXT-X-PLAYLIST-TYPE:VOD\n', '')],
])('a list of pieces is a film where it %s', async (_how, text) => {
  const { task, names } = await importOdd('/film.m3u8', { '/film.m3u8': text })
  expect([task.state, names]).toEqual(['completed', ['Odd.mp4']])
})

const audio = (language: string, rest: string) =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="${language}",LANGUAGE="${language}",${rest}`
const soundList = (language: string) =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n/media/sound.m4a?${language}\n#EXT-X-ENDLIST\n`

test.each([
  [
    'HLS',
    '/m.m3u8',
    {
      '/m.m3u8': masterList(
        [audio('de', 'DEFAULT=YES,URI="/de.m3u8"'), audio('en', 'DEFAULT=NO,URI="/en.m3u8"')],
        ',AUDIO="a"',
      ),
      '/de.m3u8': soundList('de'),
      '/en.m3u8': soundList('en'),
    },
  ],
  ['DASH', '/m.mpd', { '/m.mpd': dash('static', picture + sound('de', main) + sound('en')) }],
])("of two sounds the source's default is taken: %s", async (_what, contentUrl, files) => {
  const { task, asked } = await importOdd(contentUrl, files)
  expect(task).toMatchObject({ state: 'completed' })
  expect(asked).toContain('/media/sound.m4a?de')
  expect(asked).not.toContain('/media/sound.m4a?en')
})

const inTwoSounds = (first: string, second: string) =>
  dash('static', `${picture}${sound('en', first, '1')}${sound('en', second, '2')}`)
const commentary = '<Role schemeIdUri="urn:mpeg:dash:role:2011" value="commentary"/>'
const oneOf = (which: string, attributes = '') =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="${which}",LANGUAGE="en",URI="/${which}.m3u8"${attributes}`

test.each([
  ['no commentary in DASH', inTwoSounds(commentary, ''), 'en2'],
  ['the first in DASH', inTwoSounds('', ''), 'en1'],
  ['the first in HLS', masterList([oneOf('en1'), oneOf('en2')], ',AUDIO="a"'), 'en1'],
  [
    'no description of the picture in HLS',
    masterList(
      [oneOf('en1', ',CHARACTERISTICS="public.accessibility.describes-video"'), oneOf('en2')],
      ',AUDIO="a"',
    ),
    'en2',
  ],
])('of two sounds in one language the one is taken that is %s', async (_what, text, taken) => {
  const lists = { '/en1.m3u8': soundList('en1'), '/en2.m3u8': soundList('en2') }
  const link = text.startsWith('#EXTM3U') ? '/m.m3u8' : '/m.mpd'
  const { task, asked } = await importOdd(link, { [link]: text, ...lists })
  expect(task).toMatchObject({ state: 'completed' })
  expect(asked.filter((path) => path.startsWith('/media/sound'))).toEqual([
    `/media/sound.m4a?${taken}`,
  ])
})

const text = (id: string, inside = '', type = 'vtt') =>
  `<AdaptationSet mimeType="${type === 'vtt' ? 'text/vtt' : 'application/ttml+xml'}" lang="en">${inside}<Representation id="${id}" bandwidth="1"><BaseURL>/${id}.${type}</BaseURL></Representation></AdaptationSet>`
const role = (value: string) => `<Role schemeIdUri="urn:mpeg:dash:role:2011" value="${value}"/>`

const ttmlInMp4 = Buffer.from(
  '\0\0\0\x10ftypiso6\0\0\0\0\0\0\x01\0mdat<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="00:00:01.000" end="00:00:02.500">Hei</p></div></body></tt>',
)

test('several subtitle tracks of one language in a DASH manifest are all kept', async () => {
  const tracks = [
    ...[text('plain'), text('same', '', 'ttml'), text('forced', role('forced-subtitle'))],
    ...[text('director', '<Label>Director</Label>'), text('again')],
    '<AdaptationSet mimeType="application/mp4" lang="fi"><Representation id="fi" codecs="stpp" bandwidth="1"><BaseURL>/fi.mp4</BaseURL></Representation></AdaptationSet>',
  ]
  const ids = ['plain', 'forced', 'director', 'again']
  const cue = (id: string) => `WEBVTT\n\n00:00.000 --> 00:02.000\n${id}\n`
  const files = Object.fromEntries(ids.map((id) => [`/${id}.vtt`, cue(id)]))
  const manifest = dash('static', picture + sound('en') + tracks.join(''))
  const { names, asked } = await importOdd(
    '/m.mpd',
    { ...files, '/fi.mp4': ttmlInMp4, '/m.mpd': manifest },
    { subtitles: true },
  )
  expect(names).toEqual(
    ['en-2.vtt', 'en.Director.vtt', 'en.forced-subtitle.vtt', 'en.vtt', 'fi.vtt', 'mp4'].map(
      (ending) => `Odd.${ending}`,
    ),
  )
  expect(asked).not.toContain('/same.ttml')
})

test.each([false, true])(
  'the sound of a film that has none is refused in words, with subtitles: %s',
  async (subtitles) => {
    const { task } = await importOdd('/media/silent.mp4', {}, { quality: 'audio', subtitles })
    expect(task).toMatchObject({ state: 'failed', error: 'That video has no sound.' })
  },
)

test.each(['/trap', '/trap.mp3'])(
  'what calls itself sound and lists files of this machine says nothing of them: %s',
  async (link) => {
    const errors = []
    for (const path of ['/etc/passwd', '/etc/nothing-there']) {
      const body = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${path}\n#EXT-X-ENDLIST\n`
      const files = { [link]: { type: 'audio/mpeg', body } }
      const { task, names } = await importOdd(link, files, { quality: 'audio' })
      errors.push([task.error, names.length])
    }
    expect(errors[0]).toEqual(errors[1])
    expect(errors[0]?.[0]).not.toMatch(/ffprobe|passwd|file:|Invalid/)
  },
)
