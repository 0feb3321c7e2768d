import { ChevronDown, ChevronUp } from 'lucide-react'
import { Suspense, useState } from 'react'
import * as z from 'zod/mini'
import { serverDescription } from '#app/api/session/server-description.ts'
import { type ImportOptions, importOptions } from '#app/features/imports/queue/import-job.ts'
import { type ChoiceErrors, firstChoiceError } from '#app/features/imports/queue/read-choices.ts'
import { choicesText, qualityText } from '#app/features/imports/view/import-text.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { Button } from '#app/ui/button.tsx'
import { RadioGroup, Switch } from '#app/ui/choices.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { videoHeights } from '#contract/imports.ts'

const MoreChoices = lazyPart(async () => (await import('./more-choices.tsx')).MoreChoices)

type VideoFieldsProps = {
  options: ImportOptions
  /** What is wrong with the choices. */
  errors: ChoiceErrors
  /** What the video has, once somebody has looked: nothing else is offered then. */
  there?: VideoThere | undefined
  onChange: (changed: Partial<ImportOptions>) => void
}

const types = [
  { value: 'auto', label: 'Auto' },
  { value: 'file', label: 'File' },
  { value: 'video', label: 'Video' },
] as const

export const qualities = ['best', 'audio', ...videoHeights].map((value) => ({
  value,
  label: qualityText(value),
}))

export type VideoThere = {
  heights: number[]
  hasAudio: boolean
  subtitles: string[]
  /** Languages of the sound, where there are several. */
  sounds: string[]
}

/** Those that the video has, and the one that is chosen, which then gives the next lower one. */
function qualitiesThere({ heights, hasAudio }: VideoThere, chosen: string) {
  const values = ['best', ...(hasAudio ? ['audio'] : []), ...heights.map(String)]
  const isThere = values.includes(chosen)
  return [...values, ...(isThere ? [] : [chosen])].map((value) => ({
    value,
    label: qualityText(value),
  }))
}

/** The kind of link, and the options for videos. */
export function VideoFields({ options, errors, there, onChange }: VideoFieldsProps) {
  const hasChoices = useSnapshot(serverDescription)?.additions.includes('video_choices')
  const [wantsMore, setWantsMore] = useState(false)
  const isOpen = wantsMore || firstChoiceError(errors) !== undefined
  return (
    <>
      <RadioGroup
        label="Type"
        value={options.type}
        onChange={(type) => onChange({ type })}
        options={types}
      />
      {options.type !== 'file' && (
        <>
          <RadioGroup
            label="Quality"
            value={options.quality}
            onChange={(quality) => onChange({ quality })}
            options={there ? qualitiesThere(there, options.quality) : qualities}
          />
          <div className="flex flex-col">
            <Switch
              label="Subtitles"
              description={there && (there.subtitles.join(', ') || 'It has none.')}
              disabled={there?.subtitles.length === 0}
              checked={options.subtitles && there?.subtitles.length !== 0}
              onChange={(subtitles) => onChange({ subtitles })}
            />
            <Switch
              label="Thumbnail"
              checked={options.thumbnail}
              onChange={(thumbnail) => onChange({ thumbnail })}
            />
          </div>
          {hasChoices && (
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Button
                size="small"
                icon={isOpen ? <ChevronUp /> : <ChevronDown />}
                aria-expanded={isOpen}
                onClick={() => setWantsMore(!isOpen)}
              >
                More choices
              </Button>
              <p className="min-w-0 truncate text-muted text-sm">{choicesText(options)}</p>
            </div>
          )}
          {hasChoices && isOpen && (
            <Suspense fallback={null}>
              <MoreChoices
                {...{ options, errors, there }}
                onChange={(choices) => onChange({ choices })}
              />
            </Suspense>
          )}
        </>
      )}
    </>
  )
}

const storedName = 'barkeep.import-options'

// Folder, file name and section belong to one import only.
const remembered = z.pick(importOptions, {
  type: true,
  quality: true,
  subtitles: true,
  thumbnail: true,
  choices: true,
})

const firstOptions = { type: 'auto', quality: 'best', subtitles: false, thumbnail: false } as const

/** The options of the last import in this browser, or the usual ones. */
export function recallOptions(folder: string): ImportOptions {
  try {
    const stored = remembered.parse(JSON.parse(browserStorage.get(storedName) ?? ''))
    return { ...stored, folder, fileName: '' }
  } catch {
    return { ...firstOptions, folder, fileName: '' }
  }
}

/** Keeps the options for the next import. */
export function rememberOptions(options: ImportOptions): void {
  const { choices, ...kept } = remembered.parse(options)
  const { from: _, to: __, ...usual } = choices ?? {}
  browserStorage.set(storedName, JSON.stringify({ ...kept, choices: usual }))
}
