import type { ImageSize } from '#app/api/pictures/image-size.ts'

/** A small picture as it is kept: encoded, and its width by its height. */
export type Thumbnail = { blob: Blob; shape: number }

/** px. */
const longestSide = 400

/** How a preview lies, and the size of the picture that it is of, as that is stored. */
type PreviewOf = { orientation: number; like: ImageSize | null }

/**
 * Makes a picture small. Null for what the browser cannot decode.
 * @param preview where it is one; what it has more than its picture, as black stripes at two of its sides, is
 *   cut off, and it is turned as that one is
 */
export async function shrinkPicture(
  bytes: Uint8Array<ArrayBuffer>,
  preview?: PreviewOf,
): Promise<Thumbnail | null> {
  const { orientation = 1, like = null } = preview ?? {}
  let bitmap: ImageBitmap
  try {
    // Decoded beside the page's own thread, as it is of a blob.
    const imageOrientation = preview ? 'none' : 'from-image'
    bitmap = await createImageBitmap(new Blob([bytes]), { imageOrientation })
  } catch {
    return null
  }
  const kept = like ? cropTo(bitmap, like) : bitmap
  const scale = Math.min(1, longestSide / Math.max(kept.width, kept.height))
  const [width, height] = [kept.width, kept.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  ) as [number, number]
  const turned = orientation >= 5
  const canvas = new OffscreenCanvas(turned ? height : width, turned ? width : height)
  const context = canvas.getContext('2d')
  if (!context) return null
  context.imageSmoothingQuality = 'medium'
  context.transform(...turnBy(orientation, width, height))
  const [left, top] = [(bitmap.width - kept.width) / 2, (bitmap.height - kept.height) / 2]
  context.drawImage(bitmap, left, top, kept.width, kept.height, 0, 0, width, height)
  bitmap.close()
  // Browsers that write no WebP write PNG.
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 })
  return { blob, shape: canvas.width / canvas.height }
}

/** Alike up to what rounding does to the sides of a small picture. */
const alike = 0.02

/** The middle of a picture, in the shape of another. Stripes are cut with their blurred edge. */
function cropTo({ width, height }: ImageSize, like: ImageSize): ImageSize {
  const shape = like.width / like.height
  if (Math.abs(width / height / shape - 1) < alike) return { width, height }
  return width / height > shape
    ? { width: height * shape * (1 - alike), height }
    : { width, height: (width / shape) * (1 - alike) }
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number]

/** What puts a picture upright, by the number that EXIF gives to how it lies. */
function turnBy(orientation: number, width: number, height: number): Matrix {
  const matrices: Matrix[] = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ]
  return matrices[orientation - 1] ?? [1, 0, 0, 1, 0, 0]
}
