import { serverDescription } from '#app/api/session/server-description.ts'
import type { ImportOptions, VideoChoices } from '#app/features/imports/queue/import-job.ts'
import type { ChoiceErrors } from '#app/features/imports/queue/read-choices.ts'
import { audioFormatText, preferenceText } from '#app/features/imports/view/import-text.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { RadioGroup, Switch } from '#app/ui/choices.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { audioFormats, videoPreferences } from '#contract/video-choice-values.ts'

import type { VideoThere } from './video-fields.tsx'

type MoreChoicesProps = {
  options: ImportOptions
  errors: ChoiceErrors
  /** What a look at the link found; left out where nobody looked. */
  there?: Pick<VideoThere, 'subtitles' | 'sounds'> | undefined
  onChange: (choices: VideoChoices) => void
}

const preferences = videoPreferences.map((value) => ({ value, label: preferenceText(value) }))
const formats = audioFormats.map((value) => ({ value, label: audioFormatText(value) }))

/** The rarer options for videos. Load it on demand. */
export function MoreChoices(props: MoreChoicesProps) {
  const { quality, subtitles, choices = {} } = props.options
  const canAskSponsorBlock = useSnapshot(serverDescription)?.additions.includes('sponsorblock')
  const change = (changed: VideoChoices) => props.onChange({ ...choices, ...changed })
  return (
    <div className="flex flex-col gap-4">
      <Languages {...props} {...{ choices, change }} />
      {subtitles && (
        <Switch
          label="Automatic subtitles"
          description="Those that the site made by a program, where there are no others."
          checked={choices.isAutomatic ?? false}
          onChange={(isAutomatic) => change({ isAutomatic })}
        />
      )}
      <RadioGroup
        label="Prefer"
        value={videoPreferences.find((one) => one === choices.prefer) ?? 'best'}
        onChange={(prefer) => change({ prefer })}
        options={preferences}
      />
      {quality === 'audio' && (
        <RadioGroup
          label="Audio format"
          value={audioFormats.find((one) => one === choices.audioFormat) ?? 'best'}
          onChange={(audioFormat) => change({ audioFormat })}
          options={formats}
        />
      )}
      <Section {...props} {...{ choices, change }} />
      {canAskSponsorBlock && (
        <Switch
          label="SponsorBlock"
          description="Marks advertisements as chapters. Asks sponsor.ajay.app, a foreign service, about the video."
          checked={choices.sponsorblock ?? false}
          onChange={(sponsorblock) => change({ sponsorblock })}
        />
      )}
    </div>
  )
}

type PartProps = MoreChoicesProps & {
  choices: VideoChoices
  change: (changed: VideoChoices) => void
}

function Languages({ options, errors, there, choices, change }: PartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="Audio language"
        value={choices.audioLanguage ?? ''}
        onChange={(audioLanguage) => change({ audioLanguage })}
        error={errors.audioLanguage}
        description={thereText(there?.sounds) ?? 'Such as en. The site’s own, if empty.'}
        spellCheck={false}
      />
      {options.subtitles && (
        <TextField
          label="Subtitle languages"
          value={choices.subtitleLanguages ?? ''}
          onChange={(subtitleLanguages) => change({ subtitleLanguages })}
          error={errors.subtitleLanguages}
          description={thereText(there?.subtitles) ?? 'Such as en, pt-BR. All, if empty.'}
          spellCheck={false}
        />
      )}
    </div>
  )
}

function Section({ errors, choices, change }: PartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="From"
        value={choices.from ?? ''}
        onChange={(from) => change({ from })}
        error={errors.section}
        description="Such as 1:30. The beginning, if empty."
        spellCheck={false}
      />
      <TextField
        label="To"
        value={choices.to ?? ''}
        onChange={(to) => change({ to })}
        description="The end, if empty. All of it is fetched, then cut."
        spellCheck={false}
      />
    </div>
  )
}

function thereText(languages: readonly string[] | undefined): string | undefined {
  return languages && languages.length > 0 ? `There are: ${languages.join(', ')}.` : undefined
}
