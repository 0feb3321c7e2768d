import { type Unfit, unfit } from './check-subtitles.ts'

/** What a picture is by its own bytes, and the demuxer of ffmpeg that reads it; null where none does. */
export type PictureKind = { extension: string; demuxer: string | null }

/**
 * Tells what a picture is by its bytes: names and types lie. A picture that breaks off is found by
 * its own end mark, which costs nothing and holds for formats that ffmpeg cannot read, too.
 */
export function readPicture(bytes: Buffer): PictureKind | Unfit {
  if (bytes.length === 0) return unfit.empty
  if (/^\s*(<!doctype html|<html)\b/i.test(bytes.toString('latin1', 0, 200))) return unfit.webPage
  const found = kinds.find(({ starts }) => starts(bytes))
  if (found === undefined) return unfit.format
  const { extension, demuxer } = found
  return found.isWhole(bytes) ? { extension, demuxer } : unfit.cutOff
}

const at = (bytes: Buffer, from: number, text: string) =>
  bytes.toString('latin1', from, from + text.length) === text

const kinds: (PictureKind & {
  starts(bytes: Buffer): boolean
  isWhole(bytes: Buffer): boolean
})[] = [
  {
    ...{ extension: 'jpg', demuxer: 'jpeg_pipe' },
    starts: (bytes) => at(bytes, 0, '\xff\xd8\xff'),
    // Some cameras and editors write more after the end.
    isWhole: (bytes) => bytes.lastIndexOf('\xff\xd9', bytes.length, 'latin1') > bytes.length / 2,
  },
  {
    ...{ extension: 'png', demuxer: 'png_pipe' },
    starts: (bytes) => at(bytes, 0, '\x89PNG\r\n\x1a\n'),
    isWhole: (bytes) => bytes.includes('IEND\xae\x42\x60\x82', 8, 'latin1'),
  },
  {
    ...{ extension: 'webp', demuxer: 'webp_pipe' },
    starts: (bytes) => at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP'),
    isWhole: (bytes) => bytes.length >= bytes.readUInt32LE(4) + 8,
  },
  {
    ...{ extension: 'gif', demuxer: 'gif' },
    starts: (bytes) => at(bytes, 0, 'GIF8'),
    isWhole: (bytes) => bytes.lastIndexOf(0x3b) > bytes.length - 16,
  },
  {
    ...{ extension: 'avif', demuxer: null },
    starts: (bytes) => /^ftyp(avi[fs]|mif1|msf1)/.test(bytes.toString('latin1', 4, 12)),
    isWhole: hasWholeBoxes,
  },
]

/** Each box of ISO media begins with its length, so a cut shows. */
function hasWholeBoxes(bytes: Buffer): boolean {
  let position = 0
  while (position + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(position)
    // 0 says "to the end", 1 that a longer length follows: no thumbnail is that large.
    if (size === 0) return true
    if (size < 8) return false
    position += size
  }
  return position === bytes.length
}
