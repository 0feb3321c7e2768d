import { rm, truncate } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { errorReply } from '#contract/api-error.ts'
import { uploadReply } from '#contract/uploads.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { blobPaths } from '#server/testing/test-store.ts'

async function share(
  server: TestServer,
  name: string,
  bytes: string | Buffer<ArrayBuffer>,
): Promise<string> {
  const reply = await server.upload({ name, bytes })
  return uploadReply.parse(await reply.json()).link
}

const get = (link: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(link, { method, headers })

test('a link needs no key, takes no slot, sets no cookie, and may be read by every page', async () => {
  await using server = await startTestServer({ config: { rateLimit: 2 } })
  const link = await share(server, 'clip.mp4', 'moving')
  for (let round = 0; round < 5; round += 1) {
    const reply = await get(link, { cookie: 'a=b', origin: 'https://elsewhere.example' })
    expect(reply.status).toBe(200)
    expect(await reply.text()).toBe('moving')
    expect(reply.headers.get('set-cookie')).toBeNull()
    expect(reply.headers.get('x-ratelimit-limit')).toBeNull()
    expect(reply.headers.get('access-control-allow-origin')).toBe('*')
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull()
    expect(reply.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  }
  expect((await server.get('/api/v1/me')).headers.get('x-ratelimit-remaining')).toBe('0')
})

test('HEAD tells all that GET does', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'clip.mp4', 'moving')
  // A range is for GET alone.
  const [head, whole] = await Promise.all([get(link, { range: 'bytes=0-1' }, 'HEAD'), get(link)])
  expect(head.status).toBe(200)
  const told = (reply: Response) =>
    ['content-length', 'content-type', 'etag', 'accept-ranges', 'last-modified'].map((name) =>
      reply.headers.get(name),
    )
  expect(told(head)).toEqual(told(whole))
  expect(told(head)).toMatchObject([
    '6',
    'video/mp4',
    expect.stringMatching(/^"[0-9a-f]{64}"$/),
    'bytes',
    expect.any(String),
  ])
  expect(await head.text()).toBe('')
})

test.each([
  ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
  ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
  ['bytes=-3', 206, 'bytes 7-9/10', '789'],
  ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
  ['bytes=9-9', 206, 'bytes 9-9/10', '9'],
  ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
  ['bytes=10-', 416, 'bytes */10', ''],
  ['bytes=99-100', 416, 'bytes */10', ''],
  ['bytes=-0', 416, 'bytes */10', ''],
  ['bytes=5-2', 200, null, '0123456789'],
  ['bytes=0-1,4-5', 200, null, '0123456789'],
  ['bytes=a-b', 200, null, '0123456789'],
  ['bytes=-', 200, null, '0123456789'],
  ['lines=0-1', 200, null, '0123456789'],
])('Range: %s is answered %d', async (range, status, contentRange, text) => {
  await using server = await startTestServer()
  const reply = await get(await share(server, 'ten.txt', '0123456789'), { range })
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-range')).toBe(contentRange)
  expect(await reply.text()).toBe(text)
})

test.each([
  ['bytes=-1', 200, null],
  ['bytes=0-', 416, 'bytes */0'],
])('Range: %s of an empty file is answered %d', async (range, status, contentRange) => {
  await using server = await startTestServer()
  const reply = await get(await share(server, 'empty.txt', ''), { range })
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-range')).toBe(contentRange)
})

/** Where the only file of `server` is stored. */
async function blobPath(server: TestServer): Promise<string> {
  return (await blobPaths(server))[0] ?? ''
}

test.each([
  ['short.txt', 10, 'bytes=0-6', 'GET', 503],
  ['short.txt', 10, 'bytes=0-1', 'GET', 503],
  ['short.txt', 200_000, 'bytes=6-', 'GET', 503],
  ['short.txt', 200_000, null, 'GET', 503],
  ['short.txt', 10, null, 'HEAD', 503],
  ['grown.txt', 10, null, 'GET', 503],
  ['grown.txt', 200_000, null, 'HEAD', 503],
  // Its disk may come back.
  ['gone.txt', 10, null, 'GET', 503],
  ['gone.txt', 200_000, null, 'GET', 503],
  ['gone.txt', 10, null, 'HEAD', 503],
])('of %s (%d bytes) that the disk lost nothing is told but the failure', async (...given) => {
  const [name, size, range, method, status] = given
  await using server = await startTestServer()
  const link = await share(server, name, 'x'.repeat(size))
  if (name === 'gone.txt') await rm(await blobPath(server))
  else await truncate(await blobPath(server), name === 'grown.txt' ? size + 1 : 5)
  const reply = await get(link, range === null ? {} : { range }, method)
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(reply.headers.get('cache-control')).toBe('no-store')
  for (const header of ['etag', 'content-range', 'content-disposition', 'last-modified']) {
    expect(reply.headers.get(header)).toBeNull()
  }
  expect(reply.headers.get('content-security-policy')).toContain("script-src 'self'")
})

test('a damaged file is told as such, not even as unchanged, and an upload of the same mends it', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'a.txt', '0123456789')
  const etag = (await get(link)).headers.get('etag') ?? ''
  await truncate(await blobPath(server), 5)
  const reply = await get(link, { 'if-none-match': etag })
  expect(reply.status).toBe(503)
  const told = errorReply.parse(await reply.json())
  expect(told.code).toBe('unavailable')
  expect(told.message).toMatch(/^This file is damaged on the server: it has 5 bytes where 10 were/)
  expect(await share(server, 'a.txt', '0123456789')).toBe(link)
  expect(await (await get(link)).text()).toBe('0123456789')
})

test('a large file comes whole and in ranges that are longer than one read', async () => {
  await using server = await startTestServer()
  const bytes = Array.from({ length: 300_000 }, (_, index) => String(index).padStart(9)).join('\n')
  const link = await share(server, 'large.txt', bytes)
  expect(await (await get(link)).text()).toBe(bytes)
  const part = await get(link, { range: 'bytes=5-2000004' })
  expect(await part.text()).toBe(bytes.slice(5, 2_000_005))
})

test('If-Range gives a range of the same file only', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'ten.txt', '0123456789')
  const etag = (await get(link)).headers.get('etag') ?? ''
  const modified = (await get(link)).headers.get('last-modified') ?? ''
  const ask = async (ifRange: string) =>
    (await get(link, { range: 'bytes=0-1', 'if-range': ifRange })).status
  expect(await ask(etag)).toBe(206)
  expect(await ask(modified)).toBe(206)
  expect(await ask('"other"')).toBe(200)
  expect(await ask(`W/${etag}`)).toBe(200)
  expect(await ask('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(200)
})

test('who has the file already is told so', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'ten.txt', '0123456789')
  const etag = (await get(link)).headers.get('etag') ?? ''
  for (const value of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    expect((await get(link, { 'if-none-match': value })).status).toBe(304)
  }
  expect((await get(link, { 'if-none-match': '"x"' })).status).toBe(200)
})

const past = 'Thu, 01 Jan 1970 00:00:00 GMT'
const future = 'Fri, 01 Jan 2100 00:00:00 GMT'

const conditioned: [Record<string, string>, number][] = [
  [{ 'if-match': 'ETAG' }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': '"x", ETAG' }, 200],
  [{ 'if-match': '"nope"' }, 412],
  [{ 'if-match': 'W/ETAG' }, 412],
  [{ 'if-match': '"a,ETAG"' }, 412],
  [{ 'if-unmodified-since': 'MODIFIED' }, 200],
  [{ 'if-unmodified-since': future }, 200],
  [{ 'if-unmodified-since': past }, 412],
  [{ 'if-unmodified-since': 'yesterday' }, 200],
  [{ 'if-unmodified-since': '1970' }, 200],
  [{ 'if-match': 'ETAG', 'if-unmodified-since': past }, 200],
  [{ 'if-match': '"nope"', 'if-none-match': 'ETAG' }, 412],
  [{ 'if-match': 'ETAG', 'if-none-match': 'ETAG' }, 304],
  [{ 'if-match': '"nope"', range: 'bytes=0-1' }, 412],
  [{ 'if-none-match': 'ETAG', range: 'bytes=0-1' }, 304],
  [{ 'if-modified-since': 'MODIFIED' }, 304],
  [{ 'if-modified-since': future }, 304],
  [{ 'if-modified-since': past }, 200],
  [{ 'if-modified-since': '2100' }, 200],
  [{ 'if-modified-since': 'Friday, 01-Jan-99 00:00:00 GMT' }, 200],
  [{ 'if-modified-since': 'Fri Jan  1 00:00:00 2100' }, 304],
  [{ 'if-none-match': '"x"', 'if-modified-since': future }, 200],
  [{ 'if-unmodified-since': past, 'if-modified-since': future }, 412],
]

test('conditions are held in the order of RFC 9110, by HEAD as well', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'ten.txt', '0123456789')
  const { headers } = await get(link)
  const fill = (text: string) =>
    text
      .replace('ETAG', headers.get('etag') ?? '')
      .replace('MODIFIED', headers.get('last-modified') ?? '')
  for (const [conditions, status] of conditioned) {
    const entries = Object.entries(conditions).map(([name, text]) => [name, fill(text)])
    for (const method of ['GET', 'HEAD']) {
      const reply = await get(link, Object.fromEntries(entries), method)
      expect([conditions, reply.status]).toEqual([conditions, status])
      expect(reply.headers.get('etag')).toBe(headers.get('etag'))
      if (status !== 200) expect(await reply.text()).toBe('')
    }
  }
})

test.each([
  ['a.mp4', 'video/mp4', 'inline'],
  ['a.webm', 'video/webm', 'inline'],
  ['a.mkv', 'video/x-matroska', 'inline'],
  ['a.m2ts', 'video/mp2t', 'inline'],
  ['a.opus', 'audio/ogg', 'inline'],
  ['a.flac', 'audio/x-flac', 'inline'],
  ['a.jxl', 'image/jxl', 'inline'],
  ['a.avif', 'image/avif', 'inline'],
  ['a.heic', 'image/heic', 'inline'],
  ['a.ts', 'text/plain; charset=utf-8', 'inline'],
  ['a.mts', 'text/plain; charset=utf-8', 'inline'],
  ['a.epub', 'application/epub+zip', 'attachment'],
  ['a.webmanifest', 'application/manifest+json', 'attachment'],
  ['a.wasm', 'application/wasm', 'attachment'],
  ['a.7z', 'application/x-7z-compressed', 'attachment'],
  ['a.mp3', 'audio/mpeg', 'inline'],
  ['a.png', 'image/png', 'inline'],
  ['a.svg', 'image/svg+xml', 'inline'],
  ['a.pdf', 'application/pdf', 'inline'],
  ['a.txt', 'text/plain; charset=utf-8', 'inline'],
  ['a.vtt', 'text/vtt; charset=utf-8', 'attachment'],
  ['a.html', 'text/html', 'attachment'],
  ['a.xhtml', 'application/xhtml+xml', 'attachment'],
  ['a.js', 'application/octet-stream', 'attachment'],
  ['a.MJS', 'application/octet-stream', 'attachment'],
  ['a.es', 'application/octet-stream', 'attachment'],
  ['a.xml', 'application/xml', 'attachment'],
  ['a.zip', 'application/zip', 'attachment'],
  ['a', 'application/octet-stream', 'attachment'],
  ['.html', 'text/html', 'attachment'],
])('%s is %s and comes %s, without a way to run', async (name, type, disposition) => {
  await using server = await startTestServer()
  const link = await share(server, name, '<script>alert(1)</script>')
  const reply = await get(link)
  expect(reply.headers.get('content-type')).toBe(type)
  expect(reply.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; filename=`))
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
  const policy = reply.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'/)
  expect(policy).not.toContain('script')
  // Browsers do not show a PDF in a sandbox.
  if (name !== 'a.pdf') expect(policy).toMatch(/; sandbox$/)
  const download = await get(`${link}?download=1`)
  expect(download.headers.get('content-disposition')).toMatch(/^attachment; filename=/)
})

test.each([188, 192])(
  'a film in packets of %d bytes plays, though its name is that of a script',
  async (size) => {
    await using server = await startTestServer()
    const film = Buffer.alloc(size * 4, 'x')
    for (let at = size - 188; at < film.length; at += size) film[at] = 0x47
    const link = await share(server, 'film.TS', film)
    const reply = await get(link)
    expect(reply.headers.get('content-type')).toBe('video/mp2t')
    expect(reply.headers.get('content-disposition')).toMatch(/^inline/)
    const script = `G${'x'.repeat(187)}G${'x'.repeat(187)}x`
    expect((await get(await share(server, 'a.ts', script))).headers.get('content-type')).toMatch(
      /^text\/plain/,
    )
  },
)

test('a long name of many alphabets has a link that works, and keeps its name in a download', async () => {
  await using server = await startTestServer()
  const name = `${'é漢🍺'.repeat(27)}%&?#.txt`
  const link = await share(server, name, 'x')
  const reply = await get(`${link}?download=1`)
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-disposition')).toContain(
    `filename*=UTF-8''${encodeURIComponent(name)}`,
  )
})

test('a link is the whole of it: another name or id is nothing', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'a.txt', 'x')
  const other = [`${link}x`, link.replace('a.txt', 'b.txt'), link.replace('/share/', '/share/x')]
  for (const address of other) {
    const reply = await get(address)
    expect(reply.status).toBe(404)
    expect(errorReply.parse(await reply.json()).code).toBe('not_found')
  }
  const trackingId = link.split('/').at(-2) ?? ''
  // 24 characters of base64url are 144 bits.
  expect(trackingId).toMatch(/^[\w-]{24}$/)
})

test('the links of a banned account open nothing until it is free again', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'a.txt', 'x')
  await using store = await openCliStore(server.config)
  const owner = await store.users.find('owner')
  const statuses: number[] = []
  for (const state of ['banned', 'active'] as const) {
    await store.users.setState(owner?.id ?? '', state, new Date())
    statuses.push((await get(link)).status)
  }
  expect(statuses).toEqual([404, 200])
})

test('a page of another origin may ask before it reads a range', async () => {
  await using server = await startTestServer()
  const link = await share(server, 'a.txt', 'x')
  const reply = await get(link, { origin: 'https://x.example' }, 'OPTIONS')
  expect(reply.status).toBe(204)
  expect(reply.headers.get('access-control-allow-headers')).toContain('range')
})
