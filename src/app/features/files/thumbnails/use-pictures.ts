import { type ComponentType, type ReactElement, useEffect, useState } from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { useSnapshot } from '#app/lib/store.ts'

/** `children` stand for the picture while there is none. */
export type PictureProps = {
  entry: Entry
  size: 'small' | 'medium'
  className: string
  children: ReactElement
}

export type Pictures = {
  Picture: ComponentType<PictureProps>
  widths: { read(rows: readonly (readonly (Entry | undefined)[])[]): (number[] | null)[] }
}

/** Once it is there, other folders begin with it. */
let loaded: Pictures | null = null

/** Loads what draws thumbnails. Never throws: without it the icons stay, and nobody has to be told. */
export async function loadPictures(): Promise<Pictures | null> {
  try {
    const { EntryPicture, createPictureWidths } = await import('./entry-picture.tsx')
    loaded ??= { Picture: EntryPicture, widths: createPictureWidths() }
  } catch {
    // The next folder tries again.
  }
  return loaded
}

/**
 * What draws thumbnails: those of the server where it makes some, else made in the browser. Null until it is
 * loaded, which is when a folder is shown that has something to see.
 */
export function usePictures(entries: readonly (Entry | undefined)[]): Pictures | null {
  const [pictures, setPictures] = useState(loaded)
  const isKnown = useSnapshot(serverDescription) !== null
  const isWanted = isKnown && pictures === null && entries.some(isSeen)
  useEffect(() => {
    if (!isWanted) return
    void loadPictures().then(setPictures)
  }, [isWanted])
  return isKnown ? pictures : null
}

function isSeen(entry: Entry | undefined): boolean {
  if (entry?.kind === 'folder') return entry.cover !== undefined
  return entry !== undefined && /image|video|document/.test(entry.fileKind)
}
