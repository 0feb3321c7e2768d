import clsx from 'clsx'
import { useEffect, useState } from 'react'
import { readableLink } from '#app/api/http/readable-link.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { createImageLoader, type LoadedPicture, loadImage } from './load-images.ts'
import { posterOf } from './posters.ts'
import { createRowWidths } from './row-widths.ts'
import type { PictureProps } from './use-pictures.ts'

/** Fewer than a browser's six connections to a server: what a person does goes first. */
const atOnce = 4
/** Made here: each may decode a picture of some megapixels. */
const atOnceHere = 2
/** A row that is scrolled by asks for nothing. */
const settleMs = 90
/**
 * Of these the server may make a thumbnail. Music is not asked for: most of it has no cover, and browsers
 * write each 404 into the console as an error.
 */
const pictured =
  /\.(jpe?g|png|gif|webp|avif|tiff?|mp4|m4v|mkv|webm|mov|avi|wmv|flv|mpe?g|3gp|ogv|m2ts|mts|pdf|cr[23]|nef|arw|dng|raf|orf|rw2|pef|srw)$/i
/** Of these the app makes one itself where the server makes none. */
const picturedHere =
  /\.(jpe?g|png|gif|webp|avif|bmp|hei[cf]|cr[23]|nef|arw|dng|raf|orf|rw2|pef|srw)$/i

type Asked = { key: string; size: number }

const images = createImageLoader<Asked>(loadImage, atOnce)
const imagesHere = createImageLoader<Asked>(loadHere, atOnceHere)

let makers: Promise<{ load: typeof loadHere }> | null = null

async function loadHere({ key: link, size }: Asked, signal: AbortSignal): Promise<LoadedPicture> {
  makers ??= import('./here/thumbnails-here.ts').then(({ createThumbnailsHere }) => {
    const here = createThumbnailsHere({ onDropped: imagesHere.drop })
    return { load: (asked, wanted) => here.load({ ...asked, link: asked.key }, wanted) }
  })
  return (await makers).load({ key: link, size }, signal)
}

/** Where its picture comes from; null where there can be none. */
function sourceOf(entry: Entry, size: PictureProps['size']) {
  const isOffered = serverDescription.getSnapshot()?.additions.includes('thumbnails')
  const poster = entry.kind === 'folder' ? posterOf(entry.path) : null
  if (poster !== null) return { loader: images, asked: { key: poster, size: 0 } }
  const file = entry.kind === 'folder' ? entry.cover : entry
  const shared = file && safeLink(file.link)
  if (!file || !shared || file.size === 0) return null
  const link = readableLink(shared)
  if (!isOffered) {
    const isMade = picturedHere.test(file.name) && !savesData()
    return isMade ? { loader: imagesHere, asked: { key: link, size: file.size } } : null
  }
  const key = `${link}?thumbnail=${size}`
  return pictured.test(file.name) ? { loader: images, asked: { key, size: 0 } } : null
}

/** Somebody has asked the browser to load no more than is needed. */
function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  return connection?.saveData === true
}

/**
 * A small picture of the file in a box that is the same before, and what stands for it while there is
 * none. Says nothing that the name does not say.
 */
export function EntryPicture({ entry, size, className, children }: PictureProps) {
  const source = sourceOf(entry, size)
  const known = useKnown(source)
  if (source === null || !known) return children
  const { loader, asked } = source
  return (
    <img
      key={known.src}
      src={known.src}
      alt=""
      draggable={false}
      decoding="async"
      onError={() => loader.forget(asked.key)}
      className={clsx('object-cover', className)}
      style={/\.pdf$/i.test(entry.name) ? paperStyle : undefined}
    />
  )
}

/** A paper begins at its top, and is white on white. */
const paperStyle = {
  objectPosition: 'top',
  outline: '1px solid var(--color-line)',
  outlineOffset: -1,
}

/** Of a picture what its loader knows, which is asked as soon as the row stays for a moment. */
function useKnown(source: ReturnType<typeof sourceOf>): LoadedPicture | null | undefined {
  const [, redraw] = useState({})
  const known = source ? source.loader.known(source.asked.key) : null
  const isUnknown = known === undefined
  const key = source?.asked.key ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the source
  useEffect(() => {
    if (source === null || !isUnknown) return
    const asking = new AbortController()
    const done = () => redraw({})
    const timer = setTimeout(() => source.loader.ask(source.asked, asking.signal, done), settleMs)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [key, isUnknown])
  return known
}

/** Null for what is no picture, and for one that was not seen yet where the listing does not tell it. */
function shapeOf(entry: Entry): number | null {
  if (entry.kind === 'folder') return null
  const source = entry.shape ? null : sourceOf(entry, 'medium')
  return entry.shape ?? source?.loader.known(source.asked.key)?.shape ?? null
}

export const createPictureWidths = () => createRowWidths(shapeOf)
