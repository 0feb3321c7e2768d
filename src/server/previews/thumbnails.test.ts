import { mkdtempDisposable, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import {
  film,
  hugePng,
  linkOf,
  photo,
  plain,
  rawPhoto,
  type TestBytes,
  testFilm,
} from '#server/testing/test-media.ts'
import { previewLimits } from './previews.ts'

const sizeOf = async (reply: Response) => {
  const { width, height, format } = await sharp(await reply.arrayBuffer()).metadata()
  return `${format} ${width}x${height}`
}

test('a picture is made small in three sizes, turned as its orientation says, and never enlarged', async () => {
  await using server = await startTestServer()
  const link = await linkOf(server, 'a.jpg', await photo(1200, 900, 6))
  for (const [size, made] of [
    ['small', 'webp 96x128'],
    ['medium', 'webp 360x480'],
    ['large', 'webp 900x1200'],
  ]) {
    const reply = await fetch(`${link}?thumbnail=${size}`)
    expect([size, reply.status, await sizeOf(reply)]).toEqual([size, 200, made])
  }
})

test('it is cached for long, asked for with a condition, and gone with its file', async () => {
  await using server = await startTestServer()
  const link = `${await linkOf(server, 'a.png', hugePng(40, 30))}?thumbnail=small`
  const reply = await fetch(link, { headers: { origin: 'https://other.example' } })
  const etag = reply.headers.get('etag') ?? ''
  expect([etag, Object.fromEntries(reply.headers)]).toMatchObject([
    expect.stringMatching(/^"[0-9a-f]{64}-small"$/),
    {
      ...{ 'content-type': 'image/webp', 'x-content-type-options': 'nosniff' },
      'cache-control': 'private, max-age=2592000, immutable',
      ...{ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
      'content-security-policy': "default-src 'none'; sandbox",
    },
  ])
  const again = await fetch(link, { headers: { 'if-none-match': etag } })
  expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0])
  const head = await fetch(link, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'image/webp'])
  expect(await (await fetch(link.replace('small', 'huge'))).json()).toMatchObject({
    code: 'invalid_request',
  })
  await server.post('/api/v1/files/delete', { items: ['/a.png'] })
  expect((await fetch(link, { headers: { 'if-none-match': etag } })).status).toBe(404)
})

test('films give a frame, music its cover, and what holds no picture gives none', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-media-'))
  await writeFile(join(folder.path, 'cover.jpg'), await photo(300, 300))
  const cover = ['-i', join(folder.path, 'cover.jpg'), '-map', '1:a', '-map', '2:v', '-c:v', 'copy']
  const song = [...testFilm.slice(0, -2), ...cover, '-disposition:v', 'attached_pic']
  const silent = ['-f', 'lavfi', '-i', 'sine=duration=1']
  await using server = await startTestServer()
  for (const [name, args, made] of [
    ['a.mp4', testFilm, 'webp 480x270'],
    ['a.mkv', testFilm, 'webp 480x270'],
    ['a.webm', [...testFilm, '-deadline', 'realtime'], 'webp 480x270'],
    ['a.avi', testFilm, 'webp 480x270'],
    ['a.mts', testFilm, 'webp 480x270'],
    ['a.mp3', song, 'webp 300x300'],
    ['a.flac', song, 'webp 300x300'],
    ['b.mp3', silent, 404],
    ['b.wav', silent, 404],
  ] as const) {
    const bytes = await film(
      folder.path,
      name,
      [...args].map((arg) => arg.replace('320x180', '640x360')),
    )
    // Under another name: the bytes say what it is.
    const reply = await fetch(`${await linkOf(server, `${name}.bin`, bytes)}?thumbnail=medium`)
    expect([name, reply.status === 200 ? await sizeOf(reply) : reply.status]).toEqual([name, made])
  }
})

test('of a raw photo its preview is made small, the smallest that is large enough, lying as the photo does', async () => {
  await using server = await startTestServer()
  const noted = async (width: number, height: number) => {
    const left = await sharp({
      create: { width: width / 2, height, channels: 3, background: '#f00' },
    })
      .extend({ right: width / 2, background: '#00f' })
      .jpeg()
      .toBuffer()
    return plain(left)
  }
  const previews = [await noted(160, 120), await noted(600, 400), await noted(1800, 1200)]
  for (const [orientation, shape, first] of [
    [1, '480x320', 'red'],
    [2, '480x320', 'blue'],
    [6, '320x480', 'red'],
    [8, '320x480', 'blue'],
    [5, '320x480', 'red'],
    [7, '320x480', 'blue'],
  ] as const) {
    const link = await linkOf(server, `a${orientation}.nef`, await rawPhoto(orientation, previews))
    const reply = await fetch(`${link}?thumbnail=medium`)
    const bytes = Buffer.from(await reply.arrayBuffer())
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    const isRed = (data[0] ?? 0) > (data[2] ?? 0)
    expect([orientation, `${info.width}x${info.height}`, isRed ? 'red' : 'blue']).toEqual([
      ...[orientation, shape, first],
    ])
  }
  const large = await linkOf(server, 'large.nef', await rawPhoto(1, previews))
  expect(await sizeOf(await fetch(`${large}?thumbnail=large`))).toBe('webp 1600x1067')
  const none = await linkOf(server, 'none.nef', await rawPhoto(1, []))
  expect((await fetch(`${none}?thumbnail=medium`)).status).toBe(404)
})

/** A PDF with one page of this size and what is drawn on it. */
function paper(box: string, drawn: string): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while (true) {}) >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents 4 0 R >>`,
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
  ]
  const body = objects.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join('')
  return `%PDF-1.4\n${body}trailer << /Size 5 /Root 1 0 R >>\n%%EOF\n`
}

test('of a PDF its first page is drawn, whatever its size, and none of its scripts runs', async () => {
  await using server = await startTestServer()
  const red = '1 0 0 rg 0 0 9000 9000 re f'
  const page = await fetch(
    `${await linkOf(server, 'a.pdf', paper('0 0 600 800', red))}?thumbnail=medium`,
  )
  expect(await sizeOf(page.clone())).toBe('webp 360x480')
  const { dominant } = await sharp(await page.arrayBuffer()).stats()
  expect(dominant).toMatchObject({ b: 8, g: 8, r: 248 })
  const poster = await linkOf(server, 'b.pdf', paper('0 0 14400 14400', red))
  expect(await sizeOf(await fetch(`${poster}?thumbnail=small`))).toBe('webp 128x128')
  const line = await linkOf(server, 'c.pdf', paper('0 0 14400 1', red))
  expect(await sizeOf(await fetch(`${line}?thumbnail=small`))).toBe('webp 128x1')
  for (const box of ['0 0 0 0', 'a b c d']) {
    const none = await linkOf(server, `${box}.pdf`, paper(box, ''))
    expect([200, 404]).toContain((await fetch(`${none}?thumbnail=small`)).status)
  }
  const good = await linkOf(server, 'd.pdf', paper('0 0 100 100', red))
  expect((await fetch(`${good}?thumbnail=small`)).status).toBe(200)
})

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'

test('of what is broken or hostile none is made, nothing is left, and the next picture is', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-media-'))
  const clip = await film(folder.path, 'a.mp4', testFilm)
  const jpeg = await photo(800, 600)
  const withoutMoov = clip.slice(0, Buffer.from(clip).indexOf('moov') - 4)
  await using server = await startTestServer()
  const hostile: [string, TestBytes | string][] = [
    ['empty.jpg', ''],
    ['truncated.jpg', jpeg.slice(0, jpeg.length / 2)],
    ['only-a-head.jpg', jpeg.slice(0, 4)],
    ['wide.png', hugePng(60_000, 1700)],
    ['over-100-megapixels.png', hugePng(10_001, 10_000)],
    ['picture.png', svg],
    ['picture.svg', svg],
    ['list.mp4', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'],
    ['concat.mkv', 'ffconcat version 1.0\nfile /etc/passwd\n'],
    ['page.jpg', '<!doctype html><script>alert(1)</script>'],
    [
      'magick.png',
      'push graphic-context\nfill "url(https://127.0.0.1/x.jpg)"\npop graphic-context',
    ],
    ['without-moov.mp4', withoutMoov],
    ['half.mp4', clip.slice(0, 2000)],
    ['paper.pdf', '%PDF-1.4\n%%EOF'],
    ['noise.mkv', plain(Buffer.concat([Buffer.from('1a45dfa3', 'hex'), Buffer.alloc(9000, 7)]))],
  ]
  for (const [name, bytes] of hostile) {
    const reply = await fetch(`${await linkOf(server, name, bytes)}?thumbnail=small`)
    expect([name, reply.status]).toEqual([name, 404])
  }
  const good = await fetch(`${await linkOf(server, 'good.jpg', jpeg)}?thumbnail=small`)
  expect(good.status).toBe(200)
  expect(await readdir(join(server.dataFolder, 'work'))).toEqual([])
})

test('what takes too much time or memory fails alone', async () => {
  const jpeg = await photo(2000, 1500)
  const started = async (picture: Partial<typeof previewLimits.picture>) =>
    await startTestServer({
      dependencies: {
        previewLimits: { ...previewLimits, picture: { ...previewLimits.picture, ...picture } },
      },
    })
  await using hurried = await started({ timeoutMs: 1 })
  const link = await linkOf(hurried, 'a.jpg', jpeg)
  expect((await fetch(`${link}?thumbnail=small`)).status).toBe(404)
  expect((await fetch(link)).status).toBe(200)

  // Interlaced, so all of it is in memory at once: 900 MB.
  const bomb = hugePng(30_000, 30_000, { isInterlaced: true })
  await using bounded = await started({ maxPixels: 1_000_000_000 })
  const bombLink = await linkOf(bounded, 'a.png', bomb)
  expect((await fetch(`${bombLink}?thumbnail=small`)).status).toBe(404)
  const next = await linkOf(bounded, 'b.jpg', jpeg)
  expect((await fetch(`${next}?thumbnail=small`)).status).toBe(200)
})

test('without room for it no thumbnail is kept, and it is made all the same', async () => {
  await using server = await startTestServer({ config: { thumbnailBytes: 3 * 4096 } })
  for (let index = 0; index < 6; index += 1) {
    const link = await linkOf(server, `${index}.png`, hugePng(100 + index, 80))
    expect((await fetch(`${link}?thumbnail=small`)).status).toBe(200)
  }
  const kept = async () =>
    (await readdir(join(server.dataFolder, 'thumbnails'), { recursive: true })).filter((name) =>
      name.endsWith('.webp'),
    )
  expect(await kept()).toHaveLength(3)

  const [name = ''] = await kept()
  const part = `${name}.00000000-0000-4000-8000-000000000000.part`
  await server.end()
  await writeFile(join(server.dataFolder, 'thumbnails', part), 'half')
  await server.start()
  await vi.waitFor(async () => {
    const left = await readdir(join(server.dataFolder, 'thumbnails'), { recursive: true })
    expect(left.filter((one) => one.endsWith('.part'))).toEqual([])
  }, 30_000)
  await rm(join(server.dataFolder, 'thumbnails'), { recursive: true })
  const link = await linkOf(server, '0.png', hugePng(100, 80))
  expect((await fetch(`${link}?thumbnail=small`)).status).toBe(200)
  expect(await kept()).toHaveLength(1)
})

test('with BARKEEP_THUMBNAIL_BYTES=0 there are none, and the server says so', async () => {
  const additionsOf = async (server: TestServer) =>
    ((await (await server.get('/api/server')).json()) as { additions: string[] }).additions
  await using server = await startTestServer({ config: { thumbnailBytes: 0 } })
  expect(await additionsOf(server)).not.toContain('thumbnails')
  expect(await additionsOf(server)).toContain('details')
  const link = await linkOf(server, 'a.jpg', await photo(80, 60))
  expect((await fetch(`${link}?thumbnail=small`)).status).toBe(404)
  await using other = await startTestServer()
  expect(await additionsOf(other)).toContain('thumbnails')
})
