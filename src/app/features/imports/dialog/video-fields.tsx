import * as z from 'zod/mini'
import { type ImportOptions, importOptions } from '#app/features/imports/queue/import-job.ts'
import { qualityText } from '#app/features/imports/view/import-text.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'
import { RadioGroup, Switch } from '#app/ui/choices.tsx'
import { videoHeights } from '#contract/imports.ts'

type VideoFieldsProps = {
  options: ImportOptions
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

export type VideoThere = { heights: number[]; hasAudio: boolean; subtitles: string[] }

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
export function VideoFields({ options, there, onChange }: VideoFieldsProps) {
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
        </>
      )}
    </>
  )
}

const storedName = 'barkeep.import-options'

// Folder and file name belong to one import only.
const remembered = z.pick(importOptions, {
  type: true,
  quality: true,
  subtitles: true,
  thumbnail: true,
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
  browserStorage.set(storedName, JSON.stringify(remembered.parse(options)))
}
