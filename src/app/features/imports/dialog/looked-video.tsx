import { useEffect, useState } from 'react'
import { formatBytes, formatDuration } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import type { InspectReply } from '#contract/import-inspect.ts'

/** What a video or a file has. All of it was written by its site. */
export function LookedVideo({ found }: { found: InspectReply }) {
  const picture = usePicture(found.picture)
  const facts: [name: string, value: string | undefined][] = [
    ['Duration', found.duration === undefined ? undefined : formatDuration(found.duration)],
    ['Size', found.size === undefined ? undefined : formatBytes(found.size)],
    ['Qualities', found.qualities?.map(qualityText).join(', ')],
    ['Subtitles', found.kind === 'video' ? found.subtitle_languages?.join(', ') || 'None' : ''],
    ['Sound', found.audio_languages?.join(', ')],
    ['Chapters', found.chapters ? String(found.chapters) : undefined],
    ['Picture', found.picture_note],
  ]
  return (
    <div className="flex flex-col gap-3 py-1">
      {picture && <img src={picture} alt="" className="max-h-56 self-start rounded-md" />}
      <p className="break-words font-medium">{visibleName(found.title ?? '')}</p>
      {found.is_live && <p>It is live now: it can be imported when it is over.</p>}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd className="min-w-0 break-words">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  )
}

function qualityText({ height, size }: { height: number; size?: number | undefined }): string {
  return size === undefined ? `${height}p` : `${height}p (about ${formatBytes(size)})`
}

/** The page shows no `data:` addresses: its own bytes are made an address of its own. */
function usePicture(data: string | undefined): string | null {
  const [shown, setShown] = useState<string | null>(null)
  useEffect(() => {
    const [, type = '', text = ''] = /^data:(image\/\w+);base64,(.*)$/.exec(data ?? '') ?? []
    if (text === '') return
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    const address = URL.createObjectURL(new Blob([bytes], { type }))
    setShown(address)
    return () => URL.revokeObjectURL(address)
  }, [data])
  return shown
}
