import { Music } from 'lucide-react'
import { useState } from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'

/** What stands for a piece of music: its cover, and its name. */
export function Cover({ file, poster }: { file: ViewedFile; poster: string | undefined }) {
  const src = poster ?? thumbnailOf(file)
  const [lost, setLost] = useState<string | null>(null)
  return (
    <div className="flex min-h-0 grow flex-col items-center justify-center gap-4 p-6">
      {src !== undefined && src !== lost ? (
        <img
          src={src}
          alt=""
          className="max-h-[60vh] min-h-0 max-w-full rounded-lg"
          onError={() => setLost(src)}
        />
      ) : (
        <Music aria-hidden="true" className="size-24 text-faint" />
      )}
      <p className="max-w-full break-words text-center text-lg">
        <bdi>{visibleName(file.name)}</bdi>
      </p>
    </div>
  )
}

/** A picture beside it with the same name, or the cover of an album. */
export function posterOf(file: ViewedFile, siblings: readonly ViewedFile[]): string | undefined {
  const stem = file.name.replace(/\.[^.]*$/, '').toLowerCase()
  const isPoster = ({ name }: ViewedFile) => {
    const [, own = '', ending = ''] = /^(.*)\.([^.]*)$/.exec(name.toLowerCase()) ?? []
    if (!/^(jpe?g|png|webp|avif)$/.test(ending)) return false
    return own === stem || /^(cover|folder|poster)$/.test(own)
  }
  return siblings.find(isPoster)?.link
}

/** The picture that the server makes of it, where it makes any. */
export function thumbnailOf({ link }: ViewedFile): string | undefined {
  const isOffered = serverDescription.getSnapshot()?.additions.includes('thumbnails')
  return isOffered ? `${link}?thumbnail=large` : undefined
}
