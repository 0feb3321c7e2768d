import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'

/** Subtitles that lie beside a film. */
export type SubtitleFile = {
  file: ViewedFile
  /** As BCP 47 writes it; '' where the name tells none. */
  language: string
  /** What a person chooses by; no two of a film are the same. */
  label: string
}

const ending = /\.(vtt|srt|ass|ssa)$/i

/**
 * The subtitles of a film by their names: `Film.srt`, `Film.de.srt` and `Film.pt-BR.forced.vtt` belong to
 * `Film.mkv`. In the order of `siblings`.
 */
export function findSubtitles(
  film: ViewedFile,
  siblings: readonly ViewedFile[],
): readonly SubtitleFile[] {
  const stem = fold(film.name.replace(/\.[^.]*$/, ''))
  const found: SubtitleFile[] = []
  for (const file of siblings) {
    const name = file.name.replace(ending, '')
    if (name === file.name || !fold(`${name}.`).startsWith(`${stem}.`)) continue
    const words = name.slice(stem.length).split('.').filter(Boolean)
    const language = words.map(readLanguage).find((one) => one !== '') ?? ''
    const others = words.filter((word) => readLanguage(word) === '')
    const label = [languageName(language), ...others].filter(Boolean).join(' ') || 'Subtitles'
    const twins = found.filter((one) => one.label.replace(/ \d+$/, '') === label).length
    found.push({ file, language, label: twins === 0 ? label : `${label} ${twins + 1}` })
  }
  return found
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

const languages =
  'ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv th tr uk vi zh'
const english = new Intl.DisplayNames('en', { type: 'language' })
const byName = new Map(
  languages.split(' ').map((code) => [english.of(code)?.toLowerCase() ?? code, code]),
)

/** `de`, `ger`, `German` and `pt_br` say a language; `forced` and `sdh` say none: ''. */
function readLanguage(word: string): string {
  const named = byName.get(word.toLowerCase())
  if (named) return named
  const tag = word.replaceAll('_', '-')
  // More letters are a word that looks like a tag: `forced`.
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,4}){0,2}$/i.test(tag)) return ''
  try {
    const [language = ''] = Intl.getCanonicalLocales(tag)
    return languageName(language).toLowerCase() === language.toLowerCase() ? '' : language
  } catch {
    return ''
  }
}

function languageName(language: string): string {
  return language === '' ? '' : (english.of(language) ?? language)
}
