import {
  isLanguageCode,
  sectionMaxSeconds,
  subtitleLanguagesMax,
} from '#contract/video-choice-values.ts'
import type { ImportOptions, VideoChoices } from './import-job.ts'

/** What is wrong in each field; absent where nothing is. */
export type ChoiceErrors = { subtitleLanguages?: string; audioLanguage?: string; section?: string }

/** The codes in `en, pt-BR`. */
export function readLanguages(text: string): string[] {
  return text.split(/[\s,;]+/).filter((code) => code !== '')
}

/**
 * Seconds of `90`, `1:30`, `1:02:03.5`.
 * @returns null where it is none of these; undefined where nothing was typed
 */
export function readTime(text: string): number | null | undefined {
  const typed = text.trim()
  if (typed === '') return undefined
  const parts = /^(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d{1,3})?)$/.exec(typed)
  if (parts === null) return null
  const [hours = 0, minutes = 0, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  const time = hours * 3600 + minutes * 60 + (seconds ?? 0)
  return time <= sectionMaxSeconds ? time : null
}

/** What is wrong with the choices that apply to these options. */
export function findChoiceErrors({ type, subtitles, choices }: ImportOptions): ChoiceErrors {
  if (type === 'file' || choices === undefined) return {}
  const { subtitleLanguages = '', audioLanguage = '', isAutomatic } = choices
  const errors: ChoiceErrors = {}
  const codes = readLanguages(subtitleLanguages)
  const wrong = codes.find((code) => !isLanguageCode(code))
  if (subtitles && wrong !== undefined) {
    errors.subtitleLanguages = `“${wrong}” is no code of a language, such as en or pt-BR.`
  } else if (subtitles && codes.length > subtitleLanguagesMax) {
    errors.subtitleLanguages = `${subtitleLanguagesMax} languages at most.`
  } else if (subtitles && isAutomatic && codes.length === 0) {
    errors.subtitleLanguages = 'Say which: sites have hundreds of automatic ones.'
  }
  if (audioLanguage.trim() !== '' && !isLanguageCode(audioLanguage.trim())) {
    errors.audioLanguage = 'One code of a language, such as en or pt-BR.'
  }
  const sectionError = findSectionError(choices)
  if (sectionError !== null) errors.section = sectionError
  return errors
}

function findSectionError({ from: typedFrom = '', to: typedTo = '' }: VideoChoices): string | null {
  const [from, to] = [readTime(typedFrom), readTime(typedTo)]
  if (from === null || to === null) return 'A time is 90, 1:30 or 1:02:03.'
  return to !== undefined && to <= (from ?? 0) ? 'It must end after it begins.' : null
}

/** The first of them, for who may not start. */
export function firstChoiceError(errors: ChoiceErrors): string | undefined {
  return errors.audioLanguage ?? errors.subtitleLanguages ?? errors.section
}
