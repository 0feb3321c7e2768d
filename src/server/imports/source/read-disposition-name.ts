import { decodeExtended, parse } from 'content-disposition'

/**
 * The name in a Content-Disposition header, decoded once, as browsers do; null where there is none.
 * @param header as Node gives it: each byte a character
 */
export function readDispositionName(header: string): string | null {
  const { parameters } = parse(mendHeader(header), { extended: false })
  const { filename, 'filename*': extended } = parameters
  const named = extended === undefined ? joinPieces(parameters) : decodeExtendedName(extended)
  if (named !== null) return named
  return filename === undefined ? null : decodePlainName(unquoteOnce(filename))
}

/** What many servers write, and browsers read as it was meant. */
function mendHeader(header: string): string {
  const withType = /^\s*filename\*?\s*=/i.test(header) ? `attachment; ${header}` : header
  // `\` before a letter is no escape but a path on Windows.
  const withPaths = withType.replace(/\\(?!["\\])/g, '\\\\')
  const quotes = withPaths.match(/(?<!\\)"/g)?.length ?? 0
  return quotes % 2 === 0 ? withPaths : `${withPaths}"`
}

function decodeExtendedName(value: string): string | null {
  const decoded = decodeExtended(value)
  if (decoded !== undefined) return decoded
  // RFC 8187 knows UTF-8 alone; browsers read every charset they know.
  const [, charset = '', encoded = ''] = /^([\w.:-]+)'[^']*'(.*)$/s.exec(value) ?? []
  return charset === '' ? null : decodeBytes(percentDecoded(encoded), charset)
}

/** A name in pieces, as mail has it (RFC 2231): `filename*0="long na"; filename*1="me.zip"`. */
function joinPieces(parameters: Record<string, string>): string | null {
  let [joined, isEncoded] = ['', false]
  for (let number = 0; ; number += 1) {
    const encoded = parameters[`filename*${number}*`]
    const piece = encoded ?? parameters[`filename*${number}`]
    if (piece === undefined) break
    isEncoded ||= encoded !== undefined
    // In a piece that is not encoded, `%` is itself.
    joined += encoded ?? (isEncoded ? piece.replaceAll('%', '%25') : piece)
  }
  if (joined === '') return null
  return isEncoded ? decodeExtendedName(joined) : decodePlainName(joined)
}

/** Some servers know no `filename*`, and write one of three other ways to say what is not ASCII. */
function decodePlainName(name: string): string {
  if (/[^\p{ASCII}]/u.test(name)) return readHeaderText(name)
  if (/=\?[^?]+\?[bq]\?[^?]*\?=/i.test(name)) return decodeWords(name)
  if (!/%[\da-f]{2}/i.test(name)) return name
  return decodeBytes(percentDecoded(name), 'utf-8') ?? name
}

/** RFC 2047's encoded words, made for mail. A blank between two of them is none of the name. */
function decodeWords(text: string): string {
  return text
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (word, charset, how, encoded) => {
      const isBase64 = String(how).toLowerCase() === 'b'
      const bytes = isBase64
        ? Buffer.from(encoded, 'base64')
        : percentDecoded(String(encoded).replaceAll('_', ' ').replaceAll('=', '%'))
      return decodeBytes(bytes, charset) ?? word
    })
}

/** Bytes of ASCII text, with each `%XX` one byte and any other `%` itself. */
function percentDecoded(text: string): Buffer {
  const plain = text.replace(/%([\da-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(plain, 'latin1')
}

/** Null for a charset nobody knows, and for bytes that are not of it. */
function decodeBytes(bytes: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function unquoteOnce(name: string): string {
  return /^'(.+)'$/s.exec(name)?.[1] ?? name
}

/**
 * What a header says, given as Node has it: each byte a character. HTTP knows no UTF-8 in headers,
 * yet servers send names in it, and browsers read it; what is no UTF-8 they read as Windows-1252.
 */
function readHeaderText(text: string): string {
  if (/[^\p{ASCII}\u0080-\u00ff]/u.test(text)) return text
  const bytes = Buffer.from(text, 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/**
 * A link in a header, given as Node has it, with each byte that is not ASCII percent-encoded as it
 * is: the site made those bytes, in whatever charset, and wants the same ones back.
 */
export function readHeaderLink(text: string): string {
  return text.replace(
    /[\u0080-\u00ff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
