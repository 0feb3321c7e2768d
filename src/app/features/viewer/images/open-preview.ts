import { readRange } from '#app/api/http/read-range.ts'
import { embeddedPreviews } from '#app/api/pictures/embedded-previews.ts'
import { findExif } from '#app/api/pictures/exif.ts'

const headBytes = 262_144
const mostBytes = 48_000_000
const mostPixels = 64_000_000
/** px. What is smaller is for rows and tiles. */
const leastSide = 600

/** The largest preview in the file behind a link, as a JPEG that lies as it should; null without one. */
export async function openPreview(link: string): Promise<Blob | null> {
  const { signal } = new AbortController()
  const read = async ({ offset, length }: { offset: number; length: number }) =>
    (await readRange(link, { from: offset, length }, signal)).bytes
  try {
    const wanted = { first: 'largest', maxBytes: mostBytes, maxPixels: mostPixels, read } as const
    const head = await read({ offset: 0, length: headBytes })
    for await (const { bytes, size, orientation } of embeddedPreviews(head, wanted)) {
      if (Math.max(size.width, size.height) < leastSide) continue
      const type = 'image/jpeg'
      if (orientation === 1 || findExif(bytes)) return new Blob([bytes], { type })
      return new Blob([bytes.slice(0, 2), turningBlock(orientation), bytes.slice(2)], { type })
    }
  } catch {
    // Another origin that lets no page read it, or none is there any more.
  }
  return null
}

/** An EXIF block that says how the picture lies, and nothing else. */
function turningBlock(orientation: number): Uint8Array<ArrayBuffer> {
  const start = [0xff, 0xe1, 0, 34, ...'Exif\0\0MM\0*'].map((one) =>
    typeof one === 'number' ? one : one.charCodeAt(0),
  )
  const directory = [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  return Uint8Array.from([...start, ...directory])
}
