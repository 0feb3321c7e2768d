import { brokenEscape } from '#server/http/request/request-target.ts'

/** What Node throws of a request that its parser refuses; `rawPacket` is the last piece that came. */
export type ParserError = Error & {
  code?: string
  reason?: string
  bytesParsed?: number
  rawPacket?: Buffer
}

const notHttp =
  'This is not a request that HTTP/1.1 knows: one begins like "GET /api/v1/me HTTP/1.1".'
const lineEnds = 'Each line of a request must end in CR LF ("\\r\\n"), not in one of the two alone.'
const chunks =
  'The body is not in chunks, as "Transfer-Encoding: chunked" says: send it with its size.'

const sentences: Record<string, string> = {
  HPE_HEADER_OVERFLOW:
    'The address and the headers are too large, over 16 KiB together: shorten the address or send fewer headers.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive. Send it again.',
  HPE_PAUSED_H2_UPGRADE: 'This server speaks HTTP/1.1, not HTTP/2 (curl: --http1.1).',
  HPE_INVALID_VERSION: 'This server speaks HTTP/1.1.',
  HPE_CR_EXPECTED: lineEnds,
  HPE_LF_EXPECTED: lineEnds,
  HPE_INVALID_CONTENT_LENGTH:
    'Content-Length must be one whole number: the size of the body in bytes.',
  HPE_UNEXPECTED_CONTENT_LENGTH:
    'A request has one Content-Length, and none beside "Transfer-Encoding: chunked".',
  HPE_INVALID_TRANSFER_ENCODING:
    'The only Transfer-Encoding is "chunked", without a Content-Length beside it.',
  HPE_INVALID_CHUNK_SIZE: chunks,
  HPE_STRICT: chunks,
  HPE_INVALID_EOF_STATE: 'The connection was closed before the request was whole. Send it again.',
}

/** What is wrong with the request and what to send instead, in a sentence for its sender. */
export function explainParserError(error: ParserError): string {
  const { code = '', reason = '', bytesParsed = 0, rawPacket } = error
  const text = rawPacket?.toString('latin1') ?? ''
  const line = lineAt(text, bytesParsed)
  if (code === 'HPE_INVALID_METHOD') return ofFirstWord(lineAt(text, 0))
  if (code === 'HPE_INVALID_URL') return ofTarget(line)
  if (code === 'HPE_INVALID_CONSTANT' && / HTTP\/\d/.test(line)) return ofTarget(line)
  if (code === 'HPE_INVALID_VERSION' && reason.includes('CRLF')) return lineEnds
  if (code === 'HPE_INVALID_HEADER_TOKEN' || code === 'HPE_UNEXPECTED_SPACE') return ofHeader(line)
  return sentences[code] ?? notHttp
}

/** The values of `Authorization` in the head that was refused, as far as it was in the last piece. */
export function authorizationOf({ bytesParsed = 0, rawPacket }: ParserError): string[] {
  const text = rawPacket?.toString('latin1') ?? ''
  // What came before on the connection was another request.
  const before = text.lastIndexOf('\r\n\r\n', bytesParsed - 1)
  const start = before < 0 || before + 4 > bytesParsed ? 0 : before + 4
  const head = text.slice(start).split(/\r?\n\r?\n/, 1)[0] ?? ''
  return [...head.matchAll(/^authorization:[ \t]*(.*?)[ \t]*$/gim)].map(([, value]) => value ?? '')
}

function lineAt(text: string, at: number): string {
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
  return text.slice(start).split(/\r?\n/, 1)[0] ?? ''
}

function ofFirstWord(line: string): string {
  if (line.startsWith('\x16\x03')) {
    return 'This port speaks plain HTTP: open it with http://, or put a proxy that speaks TLS before it.'
  }
  const [, method] = /^([\w-]{1,20}) \S+ HTTP\/\d/.exec(line) ?? []
  return method === undefined
    ? notHttp
    : `"${method}" is no method that this server knows: use GET, HEAD or POST, in capital letters.`
}

/** Names the first byte that must be escaped, and the address as it should have been sent. */
function ofTarget(line: string): string {
  const target = /^\S+ (.*?)(?: HTTP\/\d\.\d)?$/.exec(line)?.[1] ?? ''
  const byte = /[^\x21-\x7e]/.exec(target)?.[0].charCodeAt(0)
  if (byte === undefined) return notHttp
  const hex = byte.toString(16).toUpperCase().padStart(2, '0')
  const what = byte === 0x20 ? 'a space' : `the byte 0x${hex}`
  const must = `The address holds ${what}, which must be percent-encoded.`
  const encoded = target.replace(/[^\x21-\x7e]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  if (encoded === '' || encoded.length > 500) return `${must} In UTF-8, "é" is "%C3%A9".`
  if (brokenEscape(encoded) !== null) return `${must} It is not UTF-8, either: "é" is "%C3%A9".`
  return `${must} Write it as ${encoded} (curl does so itself with --url-query "filename=NAME").`
}

function ofHeader(line: string): string {
  const [, name] = /^([\w-]{1,60}):/.exec(line) ?? []
  return name === undefined
    ? 'A line of the head is no header: each has a name, a colon at once, and a value, on one line.'
    : `The header "${name}" holds a character that no header may hold, or goes on in a second line.`
}
