import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { languagesPlaylist, listFeed, subtitleWords } from './list-pages.ts'
import type { TestExchange } from './video-files.ts'
import { testVideoSeconds, testVideoVariants } from './video-files.ts'

type Answer = (exchange: TestExchange) => Promise<void> | void

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  // As many feeds are sent: as a page.
  xml: 'text/html; charset=utf-8',
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  ts: 'video/mp2t',
  vtt: 'text/vtt',
  jpg: 'image/jpeg',
}

/** Everything on the site but `/file/`. */
export async function answerTestPage(exchange: TestExchange): Promise<void> {
  const { url, outgoing } = exchange
  const [, first = ''] = url.pathname.split('/')
  const answer = answers[first]
  if (answer === undefined)
    send(exchange, 'html', '<!doctype html><title>No such page</title>', 404)
  else await answer(exchange)
  if (first !== 'never' && !outgoing.writableEnded && !outgoing.destroyed) outgoing.end()
}

const answers: Record<string, Answer> = {
  '': (exchange) => send(exchange, 'html', indexPage()),
  watch: answerWatchPage,
  videos: answerVideosPage,
  elements: (exchange) => {
    const element =
      '<video><source src="/media/0/master.m3u8" type="application/x-mpegurl"></video>'
    send(exchange, 'html', page('Harbours', element + element.replace('m3u8"', 'm3u8?again"')))
  },
  list: (exchange) => send(exchange, 'xml', listFeed(exchange.url, exchange.feeds)),
  media: answerMedia,
  redirect: ({ url, outgoing }) => {
    const status = Number(url.searchParams.get('status') ?? 302)
    outgoing.writeHead(status, { location: url.searchParams.get('to') ?? '/' })
  },
  'no-video': (exchange) => send(exchange, 'html', page('Just words', '<p>No video here.</p>')),
  never: () => undefined,
  'hang-up': ({ outgoing }) => void outgoing.destroy(),
  nonsense: ({ outgoing }) => void outgoing.socket?.end('This is no HTTP.\r\n\r\n'),
  upgrade: ({ outgoing }) =>
    void outgoing.socket?.end(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    ),
  endless: answerEndless,
  'gzip-bomb': answerGzipBomb,
  hostile: answerHostile,
}

/**
 * `/watch/<name>?title=…&pace=…&list=…`: a page with one video; `pace` delays each segment, in
 * milliseconds; `list=separate` has picture and sound apart, `list=languages` two of sound and five of
 * subtitles; `chapters` has three.
 */
function answerWatchPage(exchange: TestExchange): void {
  const { url } = exchange
  const title = url.searchParams.get('title') ?? 'Harbour at dawn'
  const pace = url.searchParams.get('pace') ?? '0'
  const video = videoObject(url.origin, {
    name: title,
    contentUrl: `${url.origin}/media/${pace}/${url.searchParams.get('list') ?? 'master'}.m3u8`,
    ...(url.searchParams.has('chapters') ? { duration: 'PT6S', hasPart: chapters } : {}),
  })
  send(exchange, 'html', page(title, video))
}

const chapters = ['Dawn', 'Noon', 'Dusk'].map((name, index) => ({
  ...{ '@type': 'Clip', name, startOffset: index * 2, endOffset: index * 2 + 2 },
}))

/** `/videos`: a page with two videos. */
function answerVideosPage(exchange: TestExchange): void {
  const { origin } = exchange.url
  const videos = ['First', 'Second'].map((name) =>
    videoObject(origin, { name, contentUrl: `${origin}/media/0/master.m3u8?name=${name}` }),
  )
  send(exchange, 'html', page('Two videos', videos.join('\n')))
}

/** `/media/<pace>/…`: the playlists, the segments, the subtitles and the poster. */
async function answerMedia(exchange: TestExchange): Promise<void> {
  const [, , pace = '0', ...rest] = exchange.url.pathname.split('/')
  const path = rest.join('/')
  const extension = path.split('.').at(-1) ?? ''
  const subtitles = /^subtitles-(en|de|fr|es|it)\.(vtt|m3u8)$/.exec(path)
  if (path === 'master.m3u8') return send(exchange, 'm3u8', masterPlaylist())
  if (path === 'languages.m3u8') return send(exchange, 'm3u8', languagesPlaylist)
  if (path === 'separate.m3u8') return send(exchange, 'm3u8', separatePlaylist)
  if (subtitles?.[2] === 'm3u8') {
    return send(exchange, 'm3u8', mediaPlaylist(`subtitles-${subtitles[1]}.vtt`))
  }
  if (subtitles) return send(exchange, 'vtt', subtitleText(subtitles[1] ?? ''))
  if (!/^(poster\.jpg|\d+\/index(\d+\.ts|\.m3u8))$/.test(path))
    return send(exchange, 'html', '', 404)
  if (extension === 'ts') await wait(Number(pace))
  send(exchange, extension, await readFile(join(exchange.media, path)))
}

/** `/hostile/<trick>?to=<address>`: each leads whoever reads it to `to`. */
function answerHostile(exchange: TestExchange): void {
  const { url } = exchange
  const to = url.searchParams.get('to') ?? ''
  const trick = url.pathname.split('/')[2] ?? ''
  const manifest = hostileManifests[trick]?.(to)
  if (manifest !== undefined) {
    send(exchange, trick.endsWith('mpd') ? 'mpd' : 'm3u8', manifest)
    return
  }
  const html = hostilePages[trick]?.(to, url.origin)
  send(exchange, 'html', page('Trap', html ?? ''), html === undefined ? 404 : 200)
}

const hostileManifests: Record<string, (to: string) => string> = {
  'variant.m3u8': (to) => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=640x360\n${to}\n`,
  'segment.m3u8': mediaPlaylist,
  'key.m3u8': (to) =>
    mediaPlaylist('/media/0/360/index0.ts').replace(
      '#EXTINF',
      `#EXT-X-KEY:METHOD=AES-128,URI="${to}"\n#EXTINF`,
    ),
  'map.m3u8': (to) =>
    mediaPlaylist('/media/0/360/index0.ts').replace('#EXTINF', `#EXT-X-MAP:URI="${to}"\n#EXTINF`),
  'sample-aes.m3u8': (to) =>
    mediaPlaylist(to).replace('#EXTINF', `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="${to}"\n#EXTINF`),
  'live.m3u8': (to) => mediaPlaylist(to).replace('#EXT-X-ENDLIST\n', ''),
  'subtitles.m3u8': (to) =>
    `#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="en",LANGUAGE="en",URI="${to}"\n#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=640x360,SUBTITLES="s"\n/media/0/360/index.m3u8\n`,
  'base.mpd': (to) =>
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1" codecs="avc1.4d401e" width="640" height="360"><BaseURL>${escapeXml(to)}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  'segment.mpd': (to) =>
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"><Period><AdaptationSet mimeType="video/mp4"><SegmentList duration="6"><Initialization sourceURL="${escapeXml(to)}"/><SegmentURL media="${escapeXml(to)}"/></SegmentList><Representation id="1" bandwidth="1" codecs="avc1.4d401e" width="640" height="360"/></AdaptationSet></Period></MPD>`,
}

const hostilePages: Record<string, (to: string, origin: string) => string> = {
  content: (to, origin) => videoObject(origin, { name: 'Trap', contentUrl: to }),
  thumbnail: (to, origin) =>
    videoObject(origin, {
      name: 'Trap',
      contentUrl: `${origin}/media/0/master.m3u8`,
      thumbnailUrl: [to],
    }),
  refresh: (to) => `<meta http-equiv="refresh" content="0; url=${escapeXml(to)}">`,
  element: (to) => `<video src="${escapeXml(to)}"></video>`,
  'open-graph': (to) =>
    `<meta property="og:video" content="${escapeXml(to)}"><meta property="og:title" content="Trap">`,
  iframe: (to) => `<iframe src="${escapeXml(to)}"></iframe>`,
}

/** Packed once: yt-dlp asks for it several times, and packing stops everything else here. */
let bomb: Buffer | undefined

/** `/gzip-bomb?times=…&type=…`: 50 MiB of tags that many times, packed to 50 kB each. */
function answerGzipBomb({ url, outgoing }: TestExchange): void {
  bomb ??= gzipSync(Buffer.alloc(50 * 1024 * 1024, '<p></p>'))
  const type = url.searchParams.get('type') ?? 'text/plain'
  outgoing.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
  const times = Number(url.searchParams.get('times') ?? 1)
  for (let time = 0; time < times; time += 1) outgoing.write(bomb)
}

function answerEndless({ url, outgoing }: TestExchange): Promise<void> {
  outgoing.writeHead(200, { 'content-type': url.searchParams.get('type') ?? 'application/zip' })
  const chunk = Buffer.alloc(65_536)
  return new Promise((resolve) => {
    const push = () => {
      while (!outgoing.destroyed && outgoing.write(chunk));
    }
    outgoing.on('drain', push)
    outgoing.on('close', resolve)
    push()
  })
}

function masterPlaylist(): string {
  const subtitles = ['en', 'de'].map(
    (language) =>
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="${language}",LANGUAGE="${language}",URI="subtitles-${language}.m3u8"`,
  )
  const variants = testVideoVariants.map(
    ({ height, width, bandwidth }) =>
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${width}x${height},CODECS="avc1.64001f,mp4a.40.2",SUBTITLES="subs"\n${height}/index.m3u8`,
  )
  return `${['#EXTM3U', ...subtitles, ...variants].join('\n')}\n`
}

const separatePlaylist = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="en",DEFAULT=YES,URI="360/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720,CODECS="avc1.64001f,mp4a.40.2",AUDIO="sound"
720/index.m3u8
`

function mediaPlaylist(segment: string): string {
  return `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:${testVideoSeconds}\n#EXTINF:${testVideoSeconds},\n${segment}\n#EXT-X-ENDLIST\n`
}

function subtitleText(language: string): string {
  return `WEBVTT\n\n00:00.000 --> 00:0${testVideoSeconds}.000\n${subtitleWords[language]}\n`
}

function videoObject(
  origin: string,
  video: { name: string; contentUrl: string; thumbnailUrl?: string[]; hasPart?: object[] },
): string {
  const json = {
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    description: 'Colours and a tone.',
    uploadDate: '2026-01-01',
    thumbnailUrl: [`${origin}/media/0/poster.jpg`],
    ...video,
  }
  // `<` is escaped, or a title could end the script element.
  const text = JSON.stringify(json).replaceAll('<', '\\u003c')
  return `<script type="application/ld+json">${text}</script>`
}

function page(title: string, inside: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>${escapeXml(title)}</title></head><body><h1>${escapeXml(title)}</h1>${inside}</body></html>`
}

function indexPage(): string {
  const links = [
    '/watch/harbour',
    '/watch/harbour?title=Slow%20harbour&pace=1000',
    '/videos',
    '/list/harbour?count=60',
    '/watch/harbour?list=languages&chapters=3',
    '/no-video',
    '/file/report.pdf?size=1000000',
    '/file/slow.bin?size=3000000&pace=50',
    '/file/breaks.bin?size=1000000&breakAt=400000',
    '/file/x?size=1000&disposition=attachment%3B%20filename%3D%22named.zip%22',
    '/redirect?to=/file/behind.bin',
    '/redirect?to=http://169.254.169.254/latest/meta-data/',
    '/endless',
    '/never',
    '/gzip-bomb',
  ]
  return page(
    'Test video site',
    `<ul>${links.map((link) => `<li><a href="${escapeXml(link)}">${escapeXml(link)}</a></li>`).join('')}</ul>`,
  )
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function send(
  exchange: TestExchange,
  extension: string,
  body: string | Buffer,
  status = 200,
): void {
  exchange.outgoing
    .writeHead(status, {
      'content-type': types[extension] ?? 'application/octet-stream',
      'content-length': Buffer.byteLength(body),
    })
    .end(exchange.incoming.method === 'HEAD' ? undefined : body)
}
