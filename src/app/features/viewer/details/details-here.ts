import { readRange } from '#app/api/http/read-range.ts'
import { findExif, readExif } from '#app/api/pictures/exif.ts'
import { readImageSize } from '#app/api/pictures/image-size.ts'
import { findEmbedded } from '#contract/embedded-jpegs.ts'
import { fileKind } from '#contract/file-kind.ts'
import type { KnownDetails } from './describe-details.ts'

/** Bytes, in which cameras write what they know. */
const headBytes = 131_072

/**
 * What the first bytes of a picture tell, where no server does. Null for other files.
 * @throws {LinkFailure} where the link cannot be read; the signal's reason
 */
export async function readDetailsHere(
  { name, link }: { name: string; link: string },
  signal: AbortSignal,
): Promise<KnownDetails | null> {
  if (fileKind(name) !== 'image') return null
  const { bytes } = await readRange(link, { from: 0, length: headBytes }, signal)
  const exif = findExif(bytes)
  const size = readImageSize(bytes)
  const isOnItsSide = ((exif && findEmbedded(exif))?.orientation ?? 1) >= 5
  const [width, height] = isOnItsSide ? [size?.height, size?.width] : [size?.width, size?.height]
  return { ...(width && height ? { width, height } : {}), ...(exif ? readExif(exif) : {}) }
}
