/** A name that passed `parseFileName`: NFC, 1–255 bytes, one path segment. */
export type FileName = string & { readonly brand: 'FileName' }

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; rule: string }

export const fileNameMaxBytes = 255

// C0 and C1 controls and DEL.
const controlCharacter = /\p{Cc}/u

/**
 * What no new name may hold: line separators, marks that turn the reading direction (`gpj.exe` could
 * show as `exe.jpg`), and format characters that no script needs. Joiners stay: Persian, Indic
 * scripts and emoji are written with them.
 */
const hiddenCharacter = /[\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0001}]/u
export const hiddenCharacters = new RegExp(hiddenCharacter, 'gu')

// The blank Braille cell is drawn as nothing, though Unicode calls it a symbol.
const unseen = '[\\s\\u2800\\p{Cf}\\p{Default_Ignorable_Code_Point}]'
/** Nothing that can be seen, or dots or an ending alone: ".\u200b" would look like ".". */
export const unseenName = new RegExp(`^(\\.*${unseen}(${unseen}|\\.)*|${unseen}+\\.[^.]*)$`, 'u')

/**
 * Reads the name of something new from untrusted text. `rule` says in words which rule it breaks.
 * Folder names are file names too: each segment of a folder path passes here.
 */
export function parseFileName(text: string, noun = 'File names'): Parsed<FileName> {
  const parsed = parseStoredName(text, noun)
  if (!parsed.ok) return parsed
  const code = hiddenCharacter.exec(parsed.value)?.[0].codePointAt(0)?.toString(16).toUpperCase()
  if (code) return { ok: false, rule: `${noun} must not contain the hidden character U+${code}.` }
  if (!unseenName.test(parsed.value)) return parsed
  return { ok: false, rule: `${noun} must have a character that can be seen.` }
}

/** The rules of old: names that break only newer ones go on opening. */
export function parseStoredName(text: string, noun: string): Parsed<FileName> {
  if (!text.isWellFormed()) return { ok: false, rule: `${noun} must be valid Unicode.` }
  const name = text.normalize('NFC')
  if (name === '') return { ok: false, rule: `${noun} must not be empty.` }
  if (name === '.' || name === '..') return { ok: false, rule: `${noun} must not be "." or "..".` }
  if (/[/\\]/.test(name)) return { ok: false, rule: `${noun} must not contain "/" or "\\".` }
  if (controlCharacter.test(name)) {
    return { ok: false, rule: `${noun} must not contain control characters.` }
  }
  if (utf8Length(name) > fileNameMaxBytes) {
    return { ok: false, rule: `${noun} must be at most ${fileNameMaxBytes} bytes.` }
  }
  return { ok: true, value: name as FileName }
}

/**
 * The name a file gets when `name` is taken: `movie.mp4` and 2 give `movie (2).mp4`. A stem that
 * would grow past 255 bytes is cut at a character, never inside one.
 */
export function numberedFileName(name: FileName, number: number): FileName {
  // A leading dot starts a hidden file's name, not an extension, and so do several.
  const [, stem = name, extension = ''] = /^(\.*[^.].*)(\.[^.]*)$/s.exec(name) ?? []
  const suffix = ` (${number})${extension}`
  const kept = cutToBytes(stem, fileNameMaxBytes - utf8Length(suffix))
  if (kept !== '') return (kept + suffix) as FileName
  // An extension that leaves no room for a stem is a name with a dot in it.
  const bare = ` (${number})`
  return (cutToBytes(name, fileNameMaxBytes - utf8Length(bare)) + bare) as FileName
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * The longest start of `text` that takes at most `maxBytes` in UTF-8, cut between what people see as
 * characters: half a flag or family is another picture. Only a first one that alone is too long is cut.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  // The segmenter reads far ahead in text without end; a byte holds at most one UTF-16 unit.
  const kept = cutBetween(graphemes.segment(text.slice(0, maxBytes + 100)), maxBytes)
  if (kept !== '' || text === '') return kept
  return cutBetween(
    Array.from(text.slice(0, maxBytes + 1), (segment) => ({ segment })),
    maxBytes,
  )
}

function cutBetween(segments: Iterable<{ segment: string }>, maxBytes: number): string {
  let kept = ''
  let bytes = 0
  for (const { segment } of segments) {
    bytes += utf8Length(segment)
    if (bytes > maxBytes) break
    kept += segment
  }
  return kept
}

/**
 * How many bytes `text` takes in UTF-8. File systems and the API count bytes, people and JavaScript
 * do not; written out because this zone has neither Node nor a browser around it.
 */
export function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
