import { type Embedded, type EmbeddedJpeg, findEmbedded } from '#contract/embedded-jpegs.ts'
import { findExif } from './exif.ts'
import { type ImageSize, readImageSize } from './image-size.ts'

/** A JPEG that lies in the file of another picture. */
export type Preview = {
  bytes: Uint8Array<ArrayBuffer>
  /** As it is stored. */
  size: ImageSize
  /** As EXIF counts it. */
  orientation: number
  /** Of a raw photo: then it is all there is to see of that. */
  isOfRaw: boolean
}

type Wanted = {
  first: 'smallest' | 'largest'
  maxBytes: number
  maxPixels: number
  read(part: EmbeddedJpeg): Promise<Uint8Array<ArrayBuffer>>
}

/** Less is no picture of anything. */
const leastBytes = 1000
/** px; what is smaller is no preview, but an icon or a strip. */
const leastSide = 120

/**
 * The previews in a picture, by what its first bytes name, one after the other: some are none that anything
 * shows. What lies beyond these bytes is read for raw photos alone. Throws what `read` throws.
 */
export async function* embeddedPreviews(
  head: Uint8Array<ArrayBuffer>,
  wanted: Wanted,
): AsyncGenerator<Preview> {
  const found = findParts(head)
  if (!found) return
  const turn = wanted.first === 'smallest' ? 1 : -1
  const parts = found.jpegs
    .filter(({ length }) => length >= leastBytes && length <= wanted.maxBytes)
    .sort((one, other) => turn * (one.length - other.length))
  for (const part of parts) {
    const end = part.offset + part.length
    if (end > head.length && !found.isRaw) continue
    const bytes = end > head.length ? await wanted.read(part) : head.subarray(part.offset, end)
    const size = readImageSize(bytes)
    if (!size || !isShown(size, wanted.maxPixels)) continue
    yield { bytes, size, orientation: orientationOf(bytes, found), isOfRaw: found.isRaw }
  }
}

/** What the first bytes name; offsets are from their start, as they are in raw photos, not in EXIF blocks. */
function findParts(head: Uint8Array): Embedded | null {
  const whole = findEmbedded(head)
  const exif = whole ? null : findExif(head)
  const found = whole ?? (exif && findEmbedded(exif))
  if (!found || !exif) return found
  const base = exif.byteOffset - head.byteOffset
  const jpegs = found.jpegs.map(({ offset, length }) => ({ offset: offset + base, length }))
  return { ...found, jpegs }
}

/** Of a preview: what it says itself counts, where it says anything. */
function orientationOf(bytes: Uint8Array, around: Embedded): number {
  const own = findExif(bytes)
  return ((own && findEmbedded(own)) ?? around).orientation
}

function isShown({ width, height }: ImageSize, maxPixels: number): boolean {
  return Math.max(width, height) >= leastSide && width * height <= maxPixels
}
