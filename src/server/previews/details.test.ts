import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detailsReply } from '#contract/previews.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { film, hugePng, linkOf, photo, testFilm, withExif } from '#server/testing/test-media.ts'

async function detailsOf(link: string) {
  const reply = await fetch(`${link}?details`)
  expect(reply.status).toBe(200)
  return detailsReply.parse(await reply.json())
}

test('a photo tells its pixels as it is shown, when, where and with what it was taken', async () => {
  await using server = await startTestServer()
  const bytes = await photo(120, 90, 6)
  const details = await detailsOf(await linkOf(server, 'a.jpg', bytes))
  expect(details).toEqual({
    ...{ status: 'ok', size: bytes.length, type: 'image/jpeg' },
    sha256: Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'),
    ...{ width: 90, height: 120, codecs: ['jpeg'] },
    ...{ taken_at: '2026-05-01T12:30:00+02:00', camera: 'Canon EOS R6' },
    place: { latitude: 48.858333, longitude: -2.294444 },
  })
})

test('a film tells its length, pixels and codecs, turned ones too', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-media-'))
  await using server = await startTestServer()
  const tags = [
    '-metadata',
    'creation_time=2026-05-01T10:30:00Z',
    '-metadata',
    'location=+48.8-002.3/',
  ]
  const bytes = await film(folder.path, 'a.mp4', [...testFilm, ...tags])
  expect(await detailsOf(await linkOf(server, 'a.mp4', bytes))).toMatchObject({
    ...{ type: 'video/mp4', width: 320, height: 180, codecs: ['h264', 'aac'] },
    taken_at: '2026-05-01T10:30:00.000000Z',
    place: { latitude: 48.8, longitude: -2.3 },
    duration: expect.closeTo(3, 0),
  })
  const turn = ['-i', join(folder.path, 'a.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90']
  const turned = await film(folder.path, 'b.mp4', turn)
  expect(await detailsOf(await linkOf(server, 'b.mp4', turned))).toMatchObject({
    ...{ width: 180, height: 320 },
  })
})

test('a photo whose EXIF fields each name all of it as their text keeps no server busy', async () => {
  await using server = await startTestServer()
  const fields = 65_000
  const block = Buffer.alloc(2_000_000, 'a')
  block.write('MM\0*\0\0\0\x08', 'latin1')
  block.writeUInt16BE(fields, 8)
  for (let at = 10; at < 10 + fields * 12; at += 12) {
    block.writeUInt32BE(0x10f0002, at)
    block.writeUInt32BE(2 ** 20, at + 4)
    block.writeUInt32BE(100, at + 8)
  }
  const link = await linkOf(server, 'a.png', withExif(hugePng(8, 8), block))
  expect(await detailsOf(link)).toMatchObject({ width: 8, height: 8, codecs: ['png'] })
})

test('of any other file only what its row knows, and of none nothing', async () => {
  await using server = await startTestServer()
  const link = await linkOf(server, 'a.txt', 'hello')
  expect(await detailsOf(link)).toEqual({
    ...{ status: 'ok', size: 5, type: 'text/plain; charset=utf-8' },
    sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  })
  expect((await fetch(`${link.replace('a.txt', 'b.txt')}?details`)).status).toBe(404)
})
