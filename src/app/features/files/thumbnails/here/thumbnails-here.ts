import { LinkFailure } from '#app/api/http/read-range.ts'
import { onForgetPictures } from '#app/lib/kept-pictures.ts'
import { createKeptThumbnails } from './kept-thumbnails.ts'
import { makeThumbnail } from './make-thumbnail.ts'
import type { Thumbnail } from './shrink-picture.ts'

type File = { link: string; size: number }

/** Where it can be drawn from, and its width by its height. */
type HeldPicture = { src: string; shape: number }

type ThumbnailsHereOptions = {
  make?: typeof makeThumbnail
  kept?: ReturnType<typeof createKeptThumbnails>
  /** Of the pictures that are held in memory, encoded. */
  maxBytes?: number
  /** Told of one that is held no more. */
  onDropped: (link: string) => void
}

/** Makes the small pictures of files where no server does, and holds some of them. */
export function createThumbnailsHere({
  make = makeThumbnail,
  kept = createKeptThumbnails(),
  maxBytes = 24_000_000,
  onDropped,
}: ThumbnailsHereOptions) {
  const held = new Map<string, { src: string; bytes: number }>()
  let total = 0
  /** Origins that let no page read them: browsers write each try into the console as an error. */
  const unreadable = new Set<string>()

  function drop(link: string): void {
    const one = held.get(link)
    if (!one) return
    held.delete(link)
    total -= one.bytes
    URL.revokeObjectURL(one.src)
    onDropped(link)
  }

  function hold(link: string, { blob, shape }: Thumbnail): HeldPicture {
    drop(link)
    const one = { src: URL.createObjectURL(blob), bytes: blob.size }
    held.set(link, one)
    total += one.bytes
    for (const oldest of held.keys()) {
      if (total <= maxBytes || oldest === link) break
      drop(oldest)
    }
    return { src: one.src, shape }
  }

  onForgetPictures(() => {
    for (const link of held.keys()) drop(link)
  })

  async function makeOne({ link, size }: File, signal: AbortSignal): Promise<Thumbnail | null> {
    const { origin } = new URL(link)
    if (unreadable.has(origin)) return null
    try {
      return await make({ link, size }, signal)
    } catch (error) {
      const isRefused = error instanceof LinkFailure && error.isUnreachable
      if (isRefused && origin !== location.origin && navigator.onLine) unreadable.add(origin)
      throw error
    }
  }

  return {
    /** @throws Error where there can be none; the signal's reason */
    async load(file: File, signal: AbortSignal): Promise<HeldPicture> {
      const before = await kept.find(file.link)
      signal.throwIfAborted()
      if (before) return hold(file.link, before)
      const made = await makeOne(file, signal)
      signal.throwIfAborted()
      if (!made) throw new Error('No picture can be made of it.')
      void kept.keep(file.link, made)
      return hold(file.link, made)
    },
  }
}
