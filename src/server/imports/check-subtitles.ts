import { convertTtml } from './convert-ttml.ts'

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

/** Kept as they are, or made WebVTT, which every browser shows; `null` where only ffmpeg can. */
export type ReadSubtitles = { text: string; extension: string } | Unfit | null

const timing =
  /^\s*((\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})\s+-->\s+((\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})(\s.*)?$/

/**
 * Reads a subtitle file by what it holds, not by what it is called, and makes WebVTT of it.
 * @param extension what its name ends in, without the dot
 * @param language tells the old encodings that its text may have
 */
export function readSubtitles(bytes: Buffer, extension: string, language: string): ReadSubtitles {
  const text = decode(bytes, language)
  if (text === null) return unfit.encoding
  const plain = text.replace(/\r\n?/g, '\n').trim()
  if (plain === '') return unfit.empty
  if (/^(<!doctype html|<html)\b/i.test(plain)) return unfit.webPage
  if (isTtml(plain)) return readTtml(plain)
  if (/^\[script info\]/i.test(plain)) return null
  if (/^WEBVTT(\s|$)/.test(plain)) return checkCues(plain)
  if (/-->/.test(plain.slice(0, 10_000))) return checkCues(`WEBVTT\n\n${srtToVtt(plain)}`)
  if (/^(json\d?|srv\d|sbv|lrc|smi|sami|xml)$/.test(extension)) return { text: plain, extension }
  return unfit.format
}

function isTtml(text: string): boolean {
  return /^<(\?xml|!--|([\w-]+:)?tt\b)/.test(text) && /<([\w-]+:)?tt[\s>]/.test(text)
}

function readTtml(text: string): ReadSubtitles {
  if (!/<\/([\w-]+:)?tt>$/.test(text)) return unfit.cutOff
  const converted = convertTtml(text)
  return converted === null ? unfit.empty : { text: converted, extension: 'vtt' }
}

/** A player skips a cue that it cannot read; where it is the last one, the file was cut off. */
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

// WebVTT is UTF-8; what is not mostly has the encoding that its language had before.
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
  // A binary file decodes to something in most of them.
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
