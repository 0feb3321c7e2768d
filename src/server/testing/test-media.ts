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

/**
 * A photo as cameras write it: grain, too large to be read for a small picture, and in its EXIF block a
 * thumbnail of one colour with black stripes, as they make of 3:2.
 */
export async function cameraPhoto(
  { width, height, orientation = 1 }: { width: number; height: number; orientation?: number },
  colour: string,
): Promise<TestBytes> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 90 }
  const whole = sharp({ create: { width, height, channels: 3, noise, background: '#000' } })
  const stripes = { top: 7, bottom: 7, background: '#000' }
  const inside = sharp({ create: { width: 160, height: 106, channels: 3, background: colour } })
  const [photo, thumbnail] = await Promise.all([
    whole.jpeg({ quality: 95 }).toBuffer(),
    inside.extend(stripes).jpeg({ quality: 98 }).toBuffer(),
  ])
  const block = exifBlock(orientation, thumbnail)
  const mark = Buffer.from([0xff, 0xe1, 0, 0])
  mark.writeUInt16BE(block.length + 8, 2)
  const exif = [mark, Buffer.from('Exif\0\0', 'latin1'), block]
  return plain(Buffer.concat([photo.subarray(0, 2), ...exif, photo.subarray(2)]))
}

/** Two directories, how the photo lies in the first, and where its thumbnail is in the second. */
function exifBlock(orientation: number, thumbnail: Buffer): Buffer {
  const block = Buffer.alloc(64)
  block.write('II*\0', 'latin1')
  const fields = (at: number, tags: [tag: number, value: number][], next: number) => {
    block.writeUInt16LE(tags.length, at)
    for (const [index, [tag, value]] of tags.entries()) {
      const entry = at + 2 + index * 12
      block.writeUInt16LE(tag, entry)
      block.writeUInt16LE(4, entry + 2)
      block.writeUInt32LE(1, entry + 4)
      block.writeUInt32LE(value, entry + 8)
    }
    block.writeUInt32LE(next, at + 2 + tags.length * 12)
  }
  block.writeUInt32LE(8, 4)
  fields(8, [[0x112, orientation]], 26)
  fields(
    26,
    [
      [0x201, 64],
      [0x202, thumbnail.length],
    ],
    0,
  )
  return Buffer.concat([block, thumbnail])
}

/**
 * A raw photo as cameras write it, in the shape of a TIFF: the sensor's own bytes, which are noise here, and
 * previews, of which the first is a strip of nothing.
 */
export async function rawPhoto(orientation: number, previews: TestBytes[]): Promise<TestBytes> {
  const parts = [Buffer.alloc(5000, 7), ...previews]
  const directories = 8 + parts.length * 100
  let at = directories
  const block = Buffer.alloc(directories)
  block.write('II*\0', 'latin1')
  block.writeUInt32LE(8, 4)
  for (const [index, { length }] of parts.entries()) {
    const tags =
      index === 0
        ? [
            [0x112, orientation],
            [0x106, 32803],
            [0x103, 7],
            [0x111, at],
            [0x117, length],
          ]
        : [
            [0x201, at],
            [0x202, length],
          ]
    const start = 8 + index * 100
    block.writeUInt16LE(tags.length, start)
    for (const [place, [tag = 0, value = 0]] of tags.entries()) {
      block.writeUInt16LE(tag, start + 2 + place * 12)
      block.writeUInt16LE(4, start + 4 + place * 12)
      block.writeUInt32LE(1, start + 6 + place * 12)
      block.writeUInt32LE(value, start + 10 + place * 12)
    }
    const next = index === parts.length - 1 ? 0 : start + 100
    block.writeUInt32LE(next, start + 2 + tags.length * 12)
    at += length
  }
  return plain(Buffer.concat([block, ...parts]))
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

/** A PNG with an EXIF block, which may say anything. */
export function withExif(png: TestBytes, block: Buffer): TestBytes {
  // Behind the mark of a PNG and its first part.
  const at = 33
  return plain(Buffer.concat([png.subarray(0, at), chunk('eXIf', block), png.subarray(at)]))
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
