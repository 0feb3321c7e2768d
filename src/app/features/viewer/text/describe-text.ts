import { type Encoding, showControls, showDirectionMarks } from './decode-text.ts'
import { formatJson } from './format-json.ts'
import { type TextKind, textKind, textKindByStart } from './text-kind.ts'

export type ShownText = {
  text: string
  kind: TextKind
  language: string | null
  encoding: Encoding
  /** What a reader should know of it, in sentences. */
  notes: readonly string[]
}

/** A text as it is shown, by its name and its first line. */
export function describeText(
  decoded: string,
  options: { name: string; encoding: Encoding; isSource: boolean; isWhole: boolean },
): ShownText {
  const { kind, language } = textKind(options.name) ?? textKindByStart(decoded)
  const { text, hasControls } = showControls(decoded)
  const notes = hasControls ? ['Some bytes are no text; they show as signs.'] : []
  const { encoding, isSource } = options
  if (kind === 'plain') return { text, kind, language, encoding, notes }
  // Prose may need the marks; where a program reads the text, they only deceive people.
  const { text: safe, hasMarks } =
    kind === 'markdown' ? { text, hasMarks: false } : showDirectionMarks(text)
  if (hasMarks) notes.push('Hidden marks that turn the direction of text show as �.')
  if (kind !== 'json' || isSource) return { text: safe, kind, language, encoding, notes }
  const laidOut = formatJson(safe)
  if (laidOut === null && safe.trim() !== '') {
    notes.push('Shown as it is: this is no JSON, or nested too deep to be laid out.')
  }
  return { text: laidOut ?? safe, kind, language, encoding, notes }
}

const names: Partial<Record<Encoding, string>> = {
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252 (Latin-1)',
  'windows-1251': 'Windows-1251',
  shift_jis: 'Shift JIS',
  big5: 'Big5',
}

export function nameOfEncoding(encoding: Encoding): string {
  return names[encoding] ?? encoding.toUpperCase()
}
