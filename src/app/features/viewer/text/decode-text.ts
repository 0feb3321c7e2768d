/** Encodings that a person can choose where the one that was found is wrong. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-2',
  'windows-1251',
  'koi8-r',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'big5',
  'euc-kr',
] as const

export type Encoding = (typeof encodings)[number]

/** How far a file is looked at for what it is. */
const lookedAt = 65_536

/**
 * Which encoding text has: what its first bytes say (BOM), else UTF-16 by its zeros, else UTF-8 where
 * that fits, else Windows-1252, which is Latin-1 with more signs and fits any bytes. `isWhole`: no
 * more bytes follow; otherwise the last character may be cut.
 */
export function findEncoding(bytes: Uint8Array, isWhole = true): Encoding {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return findUtf16(bytes) ?? (isUtf8(bytes, isWhole) ? 'utf-8' : 'windows-1252')
}

/** Most letters have one zero byte there: the second in little endian, the first in big endian. */
function findUtf16(bytes: Uint8Array): Encoding | null {
  const pairs = Math.min(bytes.length, 4096) >> 1
  if (pairs < 2) return null
  let [even, odd] = [0, 0]
  for (let at = 0; at < pairs * 2; at += 2) {
    if (bytes[at] === 0) even += 1
    if (bytes[at + 1] === 0) odd += 1
  }
  if (odd > pairs * 0.3 && even < pairs * 0.02) return 'utf-16le'
  if (even > pairs * 0.3 && odd < pairs * 0.02) return 'utf-16be'
  return null
}

function isUtf8(bytes: Uint8Array, isWhole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
    return true
  } catch {
    // A few bad bytes among many good ones: a log cut by a full disk is still UTF-8.
    const text = new TextDecoder('utf-8').decode(bytes)
    const bad = text.split('\ufffd').length - 1
    const good = text.match(/[\u0080-\ufffc\ufffe-\uffff]/g)?.length ?? 0
    return good > bad * 10
  }
}

/** The text; of a character that is cut at the end nothing, unless the file ends there. */
export function decodeText(bytes: Uint8Array, encoding: Encoding, isWhole = true): string {
  return new TextDecoder(encoding).decode(bytes, { stream: !isWhole })
}

/**
 * Whether bytes are text to read, by their first 64 KB. `isNamedText`: their name says so, and some
 * bytes that are none, as the zeros of a log that was cut, are no reason to hide the rest.
 */
export function looksLikeText(bytes: Uint8Array, isNamedText: boolean): boolean {
  const start = bytes.subarray(0, lookedAt)
  if (start.length === 0 || findEncoding(start, false).startsWith('utf-16')) return true
  let [zeros, controls] = [0, 0]
  for (const byte of start) {
    if (byte === 0) zeros += 1
    else if (isControl(byte)) controls += 1
  }
  if (!isNamedText) return zeros === 0 && controls <= start.length * 0.01
  return zeros <= start.length / 2 && controls <= start.length * 0.05
}

/** No tab, line feed, form feed, backspace or escape: those are in texts. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they would show as nothing at all
const controls = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
const terminalColors = /\u001b\[[0-9;]*[A-Za-z]/g
const directionMarks = /[\u202a-\u202e\u2066-\u2069]/g

/** What shows as nothing shows as its sign: `␀`. A terminal's colours are left out. */
export function showControls(text: string): { text: string; hasControls: boolean } {
  const plain = text.replace(terminalColors, '')
  const shown = plain.replace(controls, (sign) =>
    sign === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + sign.charCodeAt(0)),
  )
  return { text: shown, hasControls: shown !== plain }
}

/** Marks that turn the direction of what follows make code read as something else: they show as `�`. */
export function showDirectionMarks(text: string): { text: string; hasMarks: boolean } {
  const shown = text.replace(directionMarks, '\ufffd')
  return { text: shown, hasMarks: shown !== text }
}
