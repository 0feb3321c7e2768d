import { readRange } from '#app/api/http/read-range.ts'
import { embeddedPreviews } from '#app/api/pictures/embedded-previews.ts'
import { readImageSize } from '#app/api/pictures/image-size.ts'
import { shrinkPicture, type Thumbnail } from './shrink-picture.ts'

/** Bytes. Cameras write their thumbnail into the first 64 KB; HEIC and raw photos need a little more. */
const headBytes = 131_072
/** A file up to this is read whole rather than made of the little picture in its head. */
const wholeAtOnce = 262_144
/** A file above this is not read whole for a small picture. */
const mostWhole = 1_000_000
/** Four bytes each while they are decoded. */
const mostPixels = 25_000_000
/** Of a raw photo's preview. */
const mostPreview = 3_000_000
/**
 * A small picture of what is behind a link: of the one that a camera left in the file, or of the whole where
 * it is small. How large it is is read before anything is decoded. Null where there can be none.
 * @param size of the file in bytes, as listed
 * @throws {LinkFailure} where the link cannot be read; the signal's reason
 */
export async function makeThumbnail(
  { link, size }: { link: string; size: number },
  signal: AbortSignal,
): Promise<Thumbnail | null> {
  const read = async ({ offset, length }: { offset: number; length: number }) =>
    (await readRange(link, { from: offset, length }, signal)).bytes
  const head = await read({ offset: 0, length: headBytes })
  const whole = readImageSize(head)
  const canBeWhole = whole !== null && whole.width * whole.height <= mostPixels
  const wholePicture = async () =>
    shrinkPicture(head.length >= size ? head : await read({ offset: 0, length: size }))
  if (canBeWhole && size <= wholeAtOnce) return await wholePicture()
  const wanted = { first: 'smallest', maxBytes: mostPreview, maxPixels: mostPixels, read } as const
  for await (const { bytes, orientation, isOfRaw } of embeddedPreviews(head, wanted)) {
    const made = await shrinkPicture(bytes, { like: isOfRaw ? null : whole, orientation })
    if (made) return made
  }
  return canBeWhole && size <= mostWhole ? await wholePicture() : null
}
