import { Clapperboard, Play } from 'lucide-react'
import { useEffect, useState } from 'react'
import { readableLink } from '#app/api/http/readable-link.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { notePoster } from '#app/features/files/thumbnails/posters.ts'
import { createPlaybackMemory, resumeAt } from '#app/lib/browser/playback-memory.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'
import { formatBytes } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import { findTitle, type Title } from './find-title.ts'

export type TitlePageProps = {
  folder: FolderPath
  /** All that is in the folder. */
  entries: readonly Entry[]
  onView: (name: string) => void
}

const playback = createPlaybackMemory(browserStorage)

/** Above the list of a folder that is about one film: its poster, and how to go on with it. */
export function TitlePage({ folder, entries, onView }: TitlePageProps) {
  const title = findTitle(folderName(folder), entries)
  const hasThumbnails = useSnapshot(serverDescription)?.additions.includes('thumbnails') ?? false
  const poster = title && posterUrl(title, hasThumbnails)
  useEffect(() => {
    if (hasThumbnails) notePoster(folder, poster)
  }, [folder, poster, hasThumbnails])
  if (!title) return null
  const { film, subtitles } = title
  const { at } = playback.find(readableLink(film.link ?? ''))
  const resumed = resumeAt(at, 0)
  const name = visibleName(title.name)
  return (
    <section aria-label={name} className="flex h-full items-center gap-4 px-4">
      <Poster key={poster} url={poster} />
      <div className="min-w-0 grow">
        <h2 className="line-clamp-2 break-words font-semibold text-lg leading-snug">
          <bdi dir="auto">{name}</bdi>
        </h2>
        <p className="mt-0.5 line-clamp-2 text-muted text-sm">
          {formatBytes(film.size)}
          {subtitles.length > 0 && ` · Subtitles: ${subtitles.join(', ')}`}
        </p>
        <div className="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button tone="primary" onClick={() => onView(film.name)}>
            <Play aria-hidden="true" className="size-4" />
            Play
          </Button>
          {resumed > 0 && <span className="text-muted text-sm">goes on at {clock(resumed)}</span>}
        </div>
      </div>
    </section>
  )
}

function Poster({ url }: { url: string | null }) {
  const [isBroken, setIsBroken] = useState(false)
  return (
    <div className="flex aspect-video w-32 shrink-0 items-center justify-center overflow-hidden rounded-md bg-pressed sm:w-48">
      {url === null || isBroken ? (
        <Clapperboard aria-hidden="true" className="size-8 text-faint" />
      ) : (
        <img
          src={url}
          alt=""
          draggable={false}
          onError={() => setIsBroken(true)}
          className="size-full object-cover"
        />
      )}
    </div>
  )
}

/** A picture beside the film is small enough to be shown whole where nobody makes thumbnails. */
const mostPosterBytes = 2_000_000

function posterUrl({ film, poster }: Title, hasThumbnails: boolean): string | null {
  const link = (poster ?? film).link
  if (link !== null && hasThumbnails) return `${readableLink(link)}?thumbnail=medium`
  const isSmall = poster !== null && poster.size <= mostPosterBytes
  return isSmall && poster.link !== null ? readableLink(poster.link) : null
}

/** 1:05:09, as players tell it. */
function clock(seconds: number): string {
  const [hours, minutes, rest] = [3600, 60, 1].map((unit, at) =>
    at === 0 ? Math.floor(seconds / unit) : Math.floor(seconds / unit) % 60,
  ) as [number, number, number]
  const two = (number: number) => String(number).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
