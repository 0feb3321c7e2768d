import { RadioGroup } from '#app/ui/radio-group.tsx'
import { Switch } from '#app/ui/switch.tsx'
import { videoHeights } from '#contract/imports.ts'
import type { ImportOptions } from './import-job.ts'
import { qualityWords } from './import-words.ts'

type VideoFieldsProps = {
  options: ImportOptions
  onChange: (changed: Partial<ImportOptions>) => void
}

const types = [
  { value: 'auto', label: 'Auto' },
  { value: 'file', label: 'File' },
  { value: 'video', label: 'Video' },
] as const

const qualities = ['best', 'audio', ...videoHeights].map((value) => ({
  value,
  label: qualityWords(value),
}))

/** What kind of link it is, and what is wanted of a video. */
export function VideoFields({ options, onChange }: VideoFieldsProps) {
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
            options={qualities}
          />
          <div className="flex flex-col">
            <Switch
              label="Subtitles"
              checked={options.subtitles}
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
