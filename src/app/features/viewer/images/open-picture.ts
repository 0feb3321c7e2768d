import { readImageSize } from '#app/api/pictures/image-size.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { formatNumber } from '#app/lib/format.ts'
import { fileKind } from '#contract/file-kind.ts'

/** A picture that is decoded and can be drawn in the next frame. */
export type Picture = {
  file: ViewedFile
  src: string
  /** Pixels, upright; 0 where a picture has no size of its own, as some SVG. */
  width: number
  height: number
  /** In words, where this is not the picture itself but a smaller one. */
  note: string | null
}

/** Four bytes each once decoded: a quarter of a gigabyte. */
const mostPixels = 64_000_000
const headBytes = 262_144

const held = new Map<string, { picture: Promise<Picture>; image: HTMLImageElement }>()

/** Opens a picture; what was made ready before is there at once. @throws Error with words for people */
export function openPicture(file: ViewedFile): Promise<Picture> {
  const known = held.get(file.link)
  if (known) return known.picture
  const image = new Image()
  const picture = open(file, image)
  // The browser keeps a picture decoded for as long as an element holds it.
  held.set(file.link, { picture, image })
  picture.catch(() => letGo(file.link))
  return picture
}

function letGo(link: string): void {
  const { image } = held.get(link) ?? {}
  held.delete(link)
  // A preview of what cannot be shown itself was made here.
  if (image?.src.startsWith('blob:')) URL.revokeObjectURL(image.src)
}

/** Makes the pictures beside this one ready, and lets go of those farther off. */
export function preloadAround(file: ViewedFile, siblings: readonly ViewedFile[]): void {
  const at = siblings.indexOf(file)
  const near = [siblings[at + 1], siblings[at - 1]].filter(
    (one): one is ViewedFile => one !== undefined && fileKind(one.name, one.size) === 'image',
  )
  const wanted = new Set([file, ...near].map(({ link }) => link))
  for (const link of held.keys()) if (!wanted.has(link)) letGo(link)
  for (const one of near) openPicture(one).catch(() => {})
}

async function open(file: ViewedFile, image: HTMLImageElement): Promise<Picture> {
  const isRaw = rawEndings.test(file.name)
  const megapixels = isRaw ? 0 : await readMegapixels(file)
  const isTooLarge = megapixels * 1e6 > mostPixels
  // No browser shows raw photos, and one would be fetched whole to find that out.
  const mayBeShown = !isTooLarge && !isRaw
  if (mayBeShown && (await decode(image, file.link))) return pictureOf(file, image, null)
  const size = `${formatNumber(Math.round(megapixels))} megapixels`
  const why = isTooLarge
    ? `This picture has ${size}, more than a page can hold.`
    : `This browser does not show ${formatName(file.name)}.`
  const hasThumbnails = serverDescription.getSnapshot()?.additions.includes('thumbnails')
  if (hasThumbnails && (await decode(image, `${file.link}?thumbnail=large`))) {
    return pictureOf(file, image, `${why} This is a smaller copy.`)
  }
  if (await decodePreview(image, file.link)) {
    return pictureOf(file, image, `${why} This is the preview that the camera put into it.`)
  }
  throw new Error(`${why} Download it to look at it in another program.`)
}

/** Of the preview that a camera left in the file, as in raw photos; false where there is none. */
async function decodePreview(image: HTMLImageElement, link: string): Promise<boolean> {
  const { openPreview } = await import('./open-preview.ts')
  const preview = await openPreview(link)
  return preview !== null && (await decode(image, URL.createObjectURL(preview)))
}

function pictureOf(file: ViewedFile, image: HTMLImageElement, note: string | null): Picture {
  return { file, src: image.src, width: image.naturalWidth, height: image.naturalHeight, note }
}

async function decode(image: HTMLImageElement, src: string): Promise<boolean> {
  image.src = src
  return image.decode().then(
    () => true,
    () => false,
  )
}

/** From its first bytes; 0 where they do not say, and where it has none, as SVG. */
async function readMegapixels({ name, link }: ViewedFile): Promise<number> {
  if (/\.svg$/i.test(name)) return 0
  try {
    const reply = await fetch(link, { headers: { range: `bytes=0-${headBytes - 1}` } })
    const size = reply.body && readImageSize(await readHead(reply.body))
    return size ? (size.width * size.height) / 1e6 : 0
  } catch {
    // What cannot be read here (another origin) may be shown all the same.
    return 0
  }
}

/** No more than the head, also of a server that knows no ranges. */
async function readHead(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const head = new Uint8Array(headBytes)
  const reader = body.getReader()
  let length = 0
  for (let next = await reader.read(); next.value; next = await reader.read()) {
    const part = next.value.subarray(0, headBytes - length)
    head.set(part, length)
    length += part.length
    if (length === headBytes) break
  }
  await reader.cancel()
  return head.subarray(0, length)
}

const rawEndings = /\.(cr[23]|nef|arw|dng|raf|orf|rw2|pef|srw)$/i

const formats: Record<string, string> = {
  heic: 'HEIC pictures',
  heif: 'HEIC pictures',
  tif: 'TIFF pictures',
  tiff: 'TIFF pictures',
  jxl: 'JPEG XL pictures',
}

function formatName(name: string): string {
  if (rawEndings.test(name)) return 'raw photos'
  return formats[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'this picture'
}
