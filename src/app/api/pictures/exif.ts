import readTags from 'exif-reader'
import { ExifBytes } from '#contract/exif-bytes.ts'
import { describeExif, type ExifFacts } from '#contract/exif-facts.ts'

/**
 * What stands before the block: in a JPEG, HEIC or WebP, in a PNG, in a WebP of other writers, and in
 * Canon's raw photos.
 */
const mark = /(?:Exif\0\0|eXIf|EXIF[\s\S]{4}|CMT1)(?=II\*\0|MM\0\*)/

/**
 * The EXIF block of a picture, to the end of what is there of it; null where the first bytes hold none.
 * It is looked for and not walked to: each format has another way there, and what lies behind the mark is
 * read as what it claims to be by code that believes nothing.
 */
export function findExif(head: Uint8Array): Uint8Array | null {
  const text = new TextDecoder('latin1').decode(head)
  // TIFF, and raw photos, are such a block themselves.
  if (/^(?:II\*\0|MM\0\*|IIU\0|IIR[OS])/.test(text)) return head
  const found = mark.exec(text)
  return found && head.subarray(found.index + found[0].length)
}

/** When, with what and where it was taken, as far as the block tells. */
export function readExif(block: Uint8Array): ExifFacts {
  try {
    return describeExif(readTags(new ExifBytes(block) as never))
  } catch {
    // Cameras and editors write much that is no EXIF.
    return {}
  }
}
