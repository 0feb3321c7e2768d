import type { ReactNode } from 'react'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { formatDuration } from '#app/lib/format.ts'
import { Button } from '#app/ui/button.tsx'
import { PlayElsewhere } from './play-elsewhere.tsx'

export type NotesProps = {
  file: ViewedFile
  /** Where it went on, in seconds; 0 from the start. */
  resumed: number
  onStartOver: () => void
  /** The browser cannot decode the picture of a film. */
  isSoundAlone: boolean
  /** Why there are no subtitles; '' for nothing. */
  problem: string
}

/** What a player has to say, over its controls. */
export function Notes({ file, resumed, onStartOver, isSoundAlone, problem }: NotesProps) {
  return (
    <>
      {resumed > 0 && (
        <Note words={`Went on at ${formatDuration(resumed)}.`}>
          <Button size="small" onClick={onStartOver}>
            Start over
          </Button>
        </Note>
      )}
      {isSoundAlone && (
        <Note words="This browser cannot decode the picture of this film, only its sound.">
          <PlayElsewhere file={file} />
        </Note>
      )}
      {problem !== '' && <Note words={problem} />}
    </>
  )
}

function Note({ words, children }: { words: string; children?: ReactNode }) {
  return (
    <div className="mb-1 ml-3 flex max-w-[calc(100%-24px)] flex-wrap items-center gap-2 self-start rounded-lg bg-raised px-3 py-1.5 text-ink text-sm shadow-float">
      <p role="status">{words}</p>
      {children}
    </div>
  )
}
