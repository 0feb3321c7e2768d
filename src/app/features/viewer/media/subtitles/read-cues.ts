/** One subtitle; times in seconds. `text` has no markup but `<b>`, `<i>` and `<u>`, all else escaped. */
export type Cue = { start: number; end: number; text: string; settings: string }

/** More than any film has; a file that goes on is cut here. */
const mostCues = 20_000
const longestText = 1_000

/**
 * The cues of WebVTT, SubRip or SubStation Alpha, by what the text looks like, in order of time. What is
 * no cue is left out, and no markup goes through but bold, italic and underlined.
 */
export function readCues(text: string): Cue[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .replaceAll('\0', '')
    .split(/\r\n|\r|\n/)
  const cues = lines.some((line) => /^Dialogue:/i.test(line)) ? readAss(lines) : readTimed(lines)
  return cues.slice(0, mostCues).sort((one, other) => one.start - other.start)
}

/** Cues as a WebVTT file. */
export function writeVtt(cues: readonly Cue[]): string {
  const written = cues.map(
    ({ start, end, text, settings }) =>
      `${writeTime(start)} --> ${writeTime(end)}${settings && ` ${settings}`}\n${text}`,
  )
  return `WEBVTT\n\n${written.join('\n\n')}\n`
}

const timing = /^\s*((?:\d+:)?\d+:\d+[.,]\d+)\s*-->\s*((?:\d+:)?\d+:\d+[.,]\d+)(.*)$/

/** WebVTT and SubRip: a line of times, then text up to an empty line. */
function readTimed(lines: readonly string[]): Cue[] {
  const cues: Cue[] = []
  for (let at = 0; at < lines.length && cues.length < mostCues; at += 1) {
    const [, start, end, rest = ''] = timing.exec((lines[at] ?? '').slice(0, 300)) ?? []
    if (start === undefined || end === undefined) continue
    const text: string[] = []
    for (at += 1; at < lines.length && lines[at]?.trim(); at += 1) text.push(lines[at] ?? '')
    addCue(cues, { start: readTime(start), end: readTime(end), settings: readSettings(rest) }, text)
  }
  return cues
}

/** SubStation Alpha: a line each, with the text in the last of the fields that a line above names. */
function readAss(lines: readonly string[]): Cue[] {
  const cues: Cue[] = []
  let fields = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',')
  for (const line of lines) {
    const [, kind, rest = ''] = /^(Format|Dialogue):\s*(.*)$/i.exec(line) ?? []
    const isFormat = kind?.toLowerCase() === 'format'
    // The styles have a format as well.
    if (isFormat && /\btext\s*$/i.test(rest)) {
      fields = rest.split(',').map((field) => field.trim().toLowerCase())
    }
    if (kind === undefined || isFormat || cues.length >= mostCues) continue
    const values = rest.split(',')
    const value = (field: string) => values[fields.indexOf(field)] ?? ''
    const text = values
      .slice(fields.length - 1)
      .join(',')
      .slice(0, 2 * longestText)
    // A drawing is no text.
    if (/\{[^}]*\\p[1-9]/.test(text)) continue
    const times = { start: readTime(value('start')), end: readTime(value('end')), settings: '' }
    addCue(cues, times, text.replaceAll(/\\h/g, ' ').split(/\\[Nn]/))
  }
  return cues
}

function addCue(cues: Cue[], times: Omit<Cue, 'text'>, lines: readonly string[]): void {
  const text = cleanText(lines.join('\n').slice(0, longestText))
  if (text === '' || !(times.end > times.start)) return
  cues.push({ ...times, text })
}

const tags: Record<string, string> = { b: 'b', i: 'i', u: 'u', strong: 'b', em: 'i' }

/** Overrides of SubStation become tags, tags become none or one of three, the rest is text. */
function cleanText(text: string): string {
  const open: string[] = []
  let clean = ''
  const tagged = text.replaceAll(/\{([^{}]*)\}/g, (_, inner: string) => readOverride(inner))
  for (const [piece] of tagged.matchAll(/<[/!?\w][^<>]*>|[^<]+|</g)) {
    const [, close, name = ''] = /^<(\/?)([a-z]+)[^<>]*>$/i.exec(piece) ?? []
    const tag = tags[name.toLowerCase()]
    if (!/^<.+>$/s.test(piece)) clean += escapeText(piece)
    else if (tag && !close) {
      open.push(tag)
      clean += `<${tag}>`
    } else if (tag && open.at(-1) === tag) {
      open.pop()
      clean += `</${tag}>`
    }
  }
  const lines = (
    clean +
    open
      .reverse()
      .map((tag) => `</${tag}>`)
      .join('')
  ).split('\n')
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n')
}

function readOverride(inner: string): string {
  const found = [...inner.matchAll(/\\([biu])([01])/g)]
  return found.map(([, tag, isOn]) => (isOn === '1' ? `<${tag}>` : `</${tag}>`)).join('')
}

function escapeText(text: string): string {
  // Those that WebVTT writes itself stay as they are.
  const and = text.replaceAll(/&(?!(amp|lt|gt|nbsp|lrm|rlm|#\d{1,6}|#x[\da-f]{1,5});)/gi, '&amp;')
  return and.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Seconds of `1:02:03,5`, `02:03.456` or `0:02:03.45`; NaN for anything else. */
function readTime(text: string): number {
  const parts = text.trim().replace(',', '.').split(':').map(Number)
  return parts.reduce((sum, part) => sum * 60 + part, 0)
}

/** Where WebVTT puts a cue; nothing else goes through. */
function readSettings(text: string): string {
  const known = /^(line|position|size|align|vertical):[\w.,%-]+$/
  return text
    .trim()
    .split(/\s+/)
    .filter((one) => known.test(one))
    .join(' ')
}

function writeTime(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000)
  const pad = (value: number, length = 2) => String(Math.floor(value)).padStart(length, '0')
  const clock = [milliseconds / 3_600_000, (milliseconds / 60_000) % 60, (milliseconds / 1000) % 60]
  return `${clock.map((part) => pad(part)).join(':')}.${pad(milliseconds % 1000, 3)}`
}
