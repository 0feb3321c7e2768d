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
    // Without them the icons stay: nobody has to be told.
    import('./entry-picture.tsx').then(
      ({ EntryPicture, createPictureWidths }) => {
        loaded = { Picture: EntryPicture, widths: createPictureWidths() }
        setPictures(loaded)
      },
      () => {},
    )
  }, [isWanted])
  return isKnown ? pictures : null
}

function isSeen(entry: Entry | undefined): boolean {
  return entry?.kind === 'file' && /image|video/.test(entry.fileKind)
}
