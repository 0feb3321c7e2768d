import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { TestServer } from './start-test-server.ts'

const run = promisify(execFile)

export type TestBytes = Uint8Array<ArrayBuffer>

/** A JPEG of one colour with a camera, a time and a place; `orientation` as EXIF counts it. */
export async function photo(width: number, height: number, orientation = 1): Promise<TestBytes> {
  const create = { width, height, channels: 3 as const, background: '#4a7' }
  const exif = {
    IFD0: { Make: 'Canon', Model: 'Canon EOS R6' },
    IFD2: { DateTimeOriginal: '2026:05:01 12:30:00', OffsetTimeOriginal: '+02:00' },
    IFD3: {
      ...{ GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 30/1' },
      ...{ GPSLongitudeRef: 'W', GPSLongitude: '2/1 17/1 40/1' },
    },
  }
  const picture = sharp({ create }).withExif(exif)
  return plain(await picture.withMetadata({ orientation }).withExifMerge(exif).jpeg().toBuffer())
}

/** A black PNG of a bit a pixel: a few kilobytes for any number of them. */
export function hugePng(width: number, height: number, { isInterlaced = false } = {}): TestBytes {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0, 0, 0, Number(isInterlaced)], 8)
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + (isInterlaced ? 3 : 1)) * height))
  const parts = [chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
  return plain(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** What ffmpeg makes in `folder` of these arguments, as a file of this name. */
export async function film(folder: string, name: string, args: string[]): Promise<TestBytes> {
  const path = join(folder, name)
  await run('ffmpeg', ['-v', 'error', '-y', ...args, path])
  return plain(await readFile(path))
}

export const testFilm = [
  ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=3'],
  ...['-f', 'lavfi', '-i', 'sine=duration=3', '-pix_fmt', 'yuv420p'],
]

export function plain(bytes: Uint8Array): TestBytes {
  return new Uint8Array(bytes)
}

/** Uploads it and gives its link. */
export async function linkOf(server: TestServer, name: string, bytes: TestBytes | string) {
  const { link } = (await (await server.upload({ name, bytes })).json()) as { link: string }
  return link
}
