/** Why an extra file was left out: a code and what to say after "was left out: ". */
export type Unfit = { code: string; reason: string }

export const unfit = {
  empty: { code: 'empty', reason: 'the file is empty' },
  webPage: { code: 'web_page', reason: 'the site sent a web page instead' },
  cutOff: { code: 'cut_off', reason: 'the file breaks off' },
  encoding: { code: 'encoding', reason: 'the encoding of its text is not known' },
  format: { code: 'format', reason: 'the file is not what its name says' },
  tooLarge: { code: 'too_large', reason: 'the file is too large' },
  unfinished: { code: 'unfinished', reason: 'the file did not come whole' },
} as const satisfies Record<string, Unfit>

/**
 * Made WebVTT, which every browser shows, or another text; `text` null for bytes to keep as they are.
 * Null where only ffmpeg can read them.
 */
export type ReadSubtitles = { text: string | null; extension: string } | Unfit | null

const timing =
  /^\s*((\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})\s+-->\s+((\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})(\s.*)?$/

/**
 * Reads a subtitle file by what it holds, not by what it is called, and makes WebVTT of it.
 * @param extension what its name ends in, without the dot
 * @param language tells the old encodings that its text may have
 */
export function readSubtitles(bytes: Buffer, extension: string, language: string): ReadSubtitles {
  if (/^(ftyp|styp|moof|moov|sidx)$/.test(bytes.toString('latin1', 4, 8))) return readMp4(bytes)
  const text = decode(bytes, language)
  if (text === null) return unfit.encoding
  const plain = text.replace(/\r\n?/g, '\n').trim()
  if (plain === '') return unfit.empty
  if (/^(<!doctype html|<html)\b/i.test(plain)) return unfit.webPage
  if (isTtml(plain)) return readTtml(plain)
  if (/^\[script info\]/i.test(plain)) return null
  if (/^WEBVTT(\s|$)/.test(plain)) return checkCues(plain)
  if (/-->/.test(plain.slice(0, 10_000))) return checkCues(vttHeader + srtToVtt(plain))
  if (/^(json\d?|srv\d|sbv|lrc|smi|sami|xml)$/.test(extension)) return { text: plain, extension }
  return unfit.format
}

/** Pieces of DASH: TTML stands in them as text; WebVTT is spread over boxes that few programs read. */
function readMp4(bytes: Buffer): ReadSubtitles {
  const documents = bytes.toString('utf8').match(/<([\w-]+:)?tt\b[\s\S]*?<\/([\w-]+:)?tt>/g)
  if (documents === null) return { text: null, extension: 'mp4' }
  const cues = documents.flatMap((xml) => convertTtml(xml) ?? [])
  return cues.length === 0 ? unfit.empty : { text: vttHeader + cues.join('\n'), extension: 'vtt' }
}

const vttHeader = 'WEBVTT\n\n'

function isTtml(text: string): boolean {
  return /^<(\?xml|!--|([\w-]+:)?tt\b)/.test(text) && /<([\w-]+:)?tt[\s>]/.test(text)
}

function readTtml(text: string): ReadSubtitles {
  if (!/<\/([\w-]+:)?tt>$/.test(text)) return unfit.cutOff
  const converted = convertTtml(text)
  return converted === null ? unfit.empty : { text: vttHeader + converted, extension: 'vtt' }
}

/** Players skip a malformed cue; if it is the last one, the file was cut off. */
function checkCues(text: string): ReadSubtitles {
  const timings = text.split('\n').filter((line) => line.includes('-->'))
  const last = timings.at(-1)
  if (last === undefined) return unfit.empty
  if (!timing.test(last)) return unfit.cutOff
  return { text: `${text}\n`, extension: 'vtt' }
}

function srtToVtt(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.includes('-->')) return line.replaceAll(/(\d),(\d)/g, '$1.$2')
      return line.replace(/\{\\[^}]*\}/g, '').replace(/<\/?font[^>]*>/gi, '')
    })
    .join('\n')
}

// WebVTT is UTF-8; other files mostly have their language's legacy encoding.
const oldEncodings: Record<string, string> = {
  ...{ ja: 'shift_jis', ko: 'euc-kr', zh: 'gb18030', 'zh-tw': 'big5', 'zh-hant': 'big5' },
  ...{ ru: 'windows-1251', uk: 'windows-1251', bg: 'windows-1251', sr: 'windows-1251' },
  ...{ el: 'windows-1253', tr: 'windows-1254', he: 'windows-1255', ar: 'windows-1256' },
  ...{ pl: 'windows-1250', cs: 'windows-1250', sk: 'windows-1250', hu: 'windows-1250' },
  ...{ th: 'windows-874', vi: 'windows-1258' },
  ...Object.fromEntries(
    ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'no', 'nb', 'da', 'fi', 'is', 'und'].map(
      (language) => [language, 'windows-1252'],
    ),
  ),
}

function decode(bytes: Buffer, language: string): string | null {
  const mark = bytes.subarray(0, 2).toString('hex')
  if (mark === 'fffe') return tryToDecode(bytes, 'utf-16le')
  if (mark === 'feff') return tryToDecode(bytes, 'utf-16be')
  const asUtf8 = tryToDecode(bytes, 'utf-8')
  if (asUtf8 !== null) return asUtf8
  const [code = ''] = language.toLowerCase().split(/[.-]/)
  const old = oldEncodings[language.toLowerCase()] ?? oldEncodings[code === '' ? 'und' : code]
  // Binary data decodes to something in most of them.
  if (old === undefined || bytes.includes(0)) return null
  return tryToDecode(bytes, old)
}

function tryToDecode(bytes: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * The cues of TTML (also called DFXP) as WebVTT: its times and words, without its looks.
 * @returns null where it holds no line of text
 */
function convertTtml(xml: string): string | null {
  const tickRate = Number(/\btickRate="(\d+)"/.exec(xml)?.[1] ?? 1)
  const frameRate = Number(/\bframeRate="(\d+)"/.exec(xml)?.[1] ?? 30)
  const read = (text: string | undefined) => readTime(text, { tickRate, frameRate })
  const cues: string[] = []
  for (const [, attributes = '', inside = ''] of xml.matchAll(
    /<(?:[\w-]+:)?p\b([^>]*)>([\s\S]*?)<\/(?:[\w-]+:)?p>/g,
  )) {
    const begin = read(attributeOf(attributes, 'begin'))
    const length = read(attributeOf(attributes, 'dur'))
    const end = read(attributeOf(attributes, 'end')) ?? (begin ?? 0) + (length ?? Number.NaN)
    const words = wordsOf(inside)
    if (begin === null || Number.isNaN(end) || words === '') continue
    cues.push(`${vttTime(begin)} --> ${vttTime(end)}\n${words}\n`)
  }
  return cues.length === 0 ? null : cues.join('\n')
}

function attributeOf(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}=["']([^"']*)["']`).exec(attributes)?.[1]
}

/** Seconds of `00:00:01.5`, `00:00:01:12` (frames), `1.5s`, `15000000t`; null for anything else. */
function readTime(
  text: string | undefined,
  { tickRate, frameRate }: { tickRate: number; frameRate: number },
): number | null {
  const clock = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)(?::(\d+))?$/.exec(text ?? '')
  if (clock) {
    const [, hours, minutes, seconds, frames = 0] = clock
    return (
      Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(frames) / frameRate
    )
  }
  const offset = /^(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$/.exec(text ?? '')
  if (offset === null) return null
  const units = { h: 3600, m: 60, s: 1, ms: 0.001, f: 1 / frameRate, t: 1 / tickRate }
  return Number(offset[1]) * units[offset[2] as keyof typeof units]
}

function vttTime(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  const part = (value: number, length = 2) => String(Math.floor(value)).padStart(length, '0')
  return `${part(ms / 3_600_000)}:${part((ms / 60_000) % 60)}:${part((ms / 1000) % 60)}.${part(ms % 1000, 3)}`
}

/** Text with its line breaks. `&lt;` and `&amp;` stay, for WebVTT writes them so, too. */
function wordsOf(inside: string): string {
  return inside
    .replace(/\s+/g, ' ')
    .replace(/<(?:[\w-]+:)?br\b[^>]*>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** What a picture is by its own bytes, and the demuxer of ffmpeg that reads it; null where none does. */
export type PictureKind = { extension: string; demuxer: string | null }

/**
 * Tells what a picture is by its bytes: names and types lie. A picture that breaks off is found by
 * its own end mark, which costs nothing and holds for formats that ffmpeg cannot read, too.
 */
export function readPicture(bytes: Buffer): PictureKind | Unfit {
  if (bytes.length === 0) return unfit.empty
  if (/^\s*(<!doctype html|<html)\b/i.test(bytes.toString('latin1', 0, 200))) return unfit.webPage
  const found = kinds.find(({ starts }) => starts(bytes))
  if (found === undefined) return unfit.format
  const { extension, demuxer } = found
  return found.isWhole(bytes) ? { extension, demuxer } : unfit.cutOff
}

const at = (bytes: Buffer, from: number, text: string) =>
  bytes.toString('latin1', from, from + text.length) === text

const kinds: (PictureKind & {
  starts(bytes: Buffer): boolean
  isWhole(bytes: Buffer): boolean
})[] = [
  {
    ...{ extension: 'jpg', demuxer: 'jpeg_pipe' },
    starts: (bytes) => at(bytes, 0, '\xff\xd8\xff'),
    // Some cameras and editors write more after the end.
    isWhole: (bytes) => bytes.lastIndexOf('\xff\xd9', bytes.length, 'latin1') > bytes.length / 2,
  },
  {
    ...{ extension: 'png', demuxer: 'png_pipe' },
    starts: (bytes) => at(bytes, 0, '\x89PNG\r\n\x1a\n'),
    isWhole: (bytes) => bytes.includes('IEND\xae\x42\x60\x82', 8, 'latin1'),
  },
  {
    ...{ extension: 'webp', demuxer: 'webp_pipe' },
    starts: (bytes) => at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP'),
    isWhole: (bytes) => bytes.length >= bytes.readUInt32LE(4) + 8,
  },
  {
    ...{ extension: 'gif', demuxer: 'gif' },
    starts: (bytes) => at(bytes, 0, 'GIF8'),
    isWhole: (bytes) => bytes.lastIndexOf(0x3b) > bytes.length - 16,
  },
  {
    ...{ extension: 'avif', demuxer: null },
    starts: (bytes) => /^ftyp(avi[fs]|mif1|msf1)/.test(bytes.toString('latin1', 4, 12)),
    isWhole: hasWholeBoxes,
  },
]

/** Each box of ISO media begins with its length, so a cut shows. */
function hasWholeBoxes(bytes: Buffer): boolean {
  let position = 0
  while (position + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(position)
    // 0 says "to the end", 1 that a longer length follows: no thumbnail is that large.
    if (size === 0) return true
    if (size < 8) return false
    position += size
  }
  return position === bytes.length
}
