import type { ImportRequest } from '#contract/imports.ts'
import { audioFormats, videoPreferences } from '#contract/video-choice-values.ts'
import type { ImportOptions, VideoChoices } from './import-job.ts'
import { readLanguages, readTime } from './read-choices.ts'

/** What the API is asked for in `video`: what is as usual, or does not apply, is left out. */
export function videoRequest(options: ImportOptions): NonNullable<ImportRequest['video']> {
  const { quality, subtitles, thumbnail, choices = {} } = options
  return {
    ...{ quality, subtitles, thumbnail },
    ...(subtitles && subtitleFields(choices)),
    ...soundFields(quality, choices),
    ...sectionField(choices),
    ...(choices.sponsorblock && { sponsorblock: true }),
  }
}

function subtitleFields({ subtitleLanguages = '', isAutomatic = false }: VideoChoices) {
  const languages = readLanguages(subtitleLanguages)
  if (languages.length === 0) return {}
  return { subtitle_languages: languages, ...(isAutomatic && { automatic_subtitles: true }) }
}

function soundFields(quality: string, choices: VideoChoices) {
  const language = choices.audioLanguage?.trim()
  const prefer = videoPreferences.find((one) => one === choices.prefer)
  const format = audioFormats.find((one) => one === choices.audioFormat)
  return {
    ...(language && { audio_language: language }),
    ...(prefer && prefer !== 'best' && { prefer }),
    ...(quality === 'audio' && format && format !== 'best' && { audio_format: format }),
  }
}

function sectionField({ from: typedFrom = '', to: typedTo = '' }: VideoChoices) {
  const [from, to] = [readTime(typedFrom), readTime(typedTo)]
  const section = { ...(from && { from }), ...(to && { to }) }
  return Object.keys(section).length > 0 ? { section } : {}
}
