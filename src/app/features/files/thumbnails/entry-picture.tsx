import clsx from 'clsx'
import { useEffect, useState } from 'react'
import { readableLink } from '#app/api/http/readable-link.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { createImageLoader, loadImage } from './load-images.ts'
import { posterOf } from './posters.ts'
import { createRowWidths } from './row-widths.ts'
import type { PictureProps } from './use-pictures.ts'

/** Fewer than a browser's six connections to a server: what a person does goes first. */
const atOnce = 4
/** A row that is scrolled by asks for nothing. */
const settleMs = 90
/**
 * Of these the server may make a thumbnail. Music is not asked for: most of it has no cover, and browsers
 * write each 404 into the console as an error.
 */
const pictured =
  /\.(jpe?g|png|gif|webp|avif|tiff?|mp4|m4v|mkv|webm|mov|avi|wmv|flv|mpe?g|3gp|ogv|m2ts|mts)$/i

const images = createImageLoader(loadImage, atOnce)

/** The address of its thumbnail; null where there can be none. */
function thumbnailUrl(entry: Entry, size: PictureProps['size']): string | null {
  if (entry.kind === 'folder') return posterOf(entry.path)
  if (entry.link === null || entry.size === 0) return null
  return pictured.test(entry.name) ? `${readableLink(entry.link)}?thumbnail=${size}` : null
}

/**
 * A small picture of the file in a box that is the same before, and what stands for it while there is
 * none. Says nothing that the name does not say.
 */
export function EntryPicture({ entry, size, className, children }: PictureProps) {
  const url = thumbnailUrl(entry, size)
  const known = useKnown(url)
  if (url === null || typeof known !== 'number') return children
  return (
    <img
      key={url}
      src={url}
      alt=""
      draggable={false}
      decoding="async"
      onError={() => images.forget(url)}
      className={clsx('object-cover', className)}
    />
  )
}

/** Of its address what the loader knows, which is asked as soon as the row stays for a moment. */
function useKnown(url: string | null): number | null | undefined {
  const [, redraw] = useState({})
  const known = url === null ? null : images.known(url)
  const isUnknown = known === undefined
  useEffect(() => {
    if (url === null || !isUnknown) return
    const asking = new AbortController()
    const timer = setTimeout(() => images.ask(url, asking.signal, () => redraw({})), settleMs)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [url, isUnknown])
  return known
}

/** Null for what is no picture and for what was not seen yet. */
function shapeOf(entry: Entry): number | null {
  const url = thumbnailUrl(entry, 'medium')
  return (url !== null && images.known(url)) || null
}

export const createPictureWidths = () => createRowWidths(shapeOf)
