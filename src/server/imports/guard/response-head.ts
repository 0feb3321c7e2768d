import type { ClientRequest, IncomingMessage } from 'node:http'
import { ImportFailure, noHttpHead } from '#server/imports/tasks/import-failure.ts'

/** As browsers: Chromium gives up at 256 KiB, where Node's own limit is 16. */
export const responseHeadMaxBytes = 256 * 1024

/** Junk that browsers skip in front of a status line: blank lines of a body that was too long, a BOM. */
const slopMax = 4
const statusLine = /^[\s\S]{0,4}?(?:http(?:\/(\d+)(?:\.(\d+))?)?|icy)[ \t]+(\d{3})(?!\d)/i
const startOfStatusLine = /^[\s\S]{0,4}?(http|icy)/i

const framing = /^(content-length|transfer-encoding|connection|keep-alive|upgrade)$/i

export type ResponseHead = {
  status: number
  /** As the standard wants it, its empty line included. */
  text: string
  /** Bytes of the body; null where its chunks tell, or the end of the connection. */
  length: number | null
}

const tlsRecords = ['\x15\x03', '\x16\x03']

const lengthName = 'Content-Length'

type Field = { name: string; value: string }

/**
 * Makes the head of an answer strict. Sites send heads that HTTP's grammar forbids and every
 * browser reads; even Node's lenient parser refuses some of them.
 * @param head up to its empty line, each byte a character
 * @throws ImportFailure where browsers give up as well
 */
export function rewriteResponseHead(head: string): ResponseHead {
  const [first = '', ...lines] = unfold(head.replace(/^[\r\n]+/, '').split(/\r*\n/))
  const [, major = '1', minor = '0', digits = ''] = statusLine.exec(first) ?? []
  if (digits === '') throw notHttp(head)
  const isOld = Number(major) < 1 || (Number(major) === 1 && Number(minor) === 0)
  const fields = lines.flatMap(readField)
  const framed = frameBody(fields, isOld)
  // One answer per connection, whatever the source says.
  const text = [...framed, { name: 'Connection', value: 'close' }]
    .map(({ name, value }) => `${name}: ${value}\r\n`)
    .join('')
  const length = framed.find(({ name }) => name === lengthName)?.value
  return {
    status: Number(digits),
    text: `HTTP/1.${isOld ? 0 : 1} ${digits} -\r\n${text}\r\n`,
    length: length === undefined ? null : Number(length),
  }
}

/**
 * Whether bytes that came so far can still become a head.
 * @param isAll the source ended the connection after them
 * @throws ImportFailure when they cannot
 */
export function checkStartOfHead(start: string, isAll = false): void {
  const begun = start.replace(/^[\r\n]+/, '')
  const isDecided = begun.length >= slopMax + 'http'.length || (isAll && begun !== '')
  if (isDecided && !startOfStatusLine.test(begun)) throw notHttp(begun)
}

function notHttp(start: string): ImportFailure {
  // The record of a TLS alert or handshake, of any version.
  if (/^\p{Cc}{2}/u.test(start) && tlsRecords.includes(start.slice(0, 2))) {
    return new ImportFailure(
      'wrong_scheme',
      'The site speaks https there: use a link that starts with https://.',
    )
  }
  return ImportFailure.of(noHttpHead)
}

/** "A line that begins with a blank goes on with the value before it": obsolete, and still sent. */
function unfold(lines: string[]): string[] {
  const whole: string[] = []
  for (const line of lines) {
    const goesOn = /^[ \t]/.test(line) && whole.length > 1
    if (goesOn) whole.push(`${whole.pop()} ${line.trim()}`)
    else whole.push(line)
  }
  return whole
}

/** Browsers pass over lines that are no field. */
function readField(line: string): Field[] {
  const [, name, value = ''] = /^([!#$%&'*+\-.^_`|~\w]+)[ \t]*:(.*)$/s.exec(line) ?? []
  // Control characters are illegal in fields.
  const plain = value.replace(/(?!\t)\p{Cc}/gu, (control) => (control >= '\x80' ? control : ' '))
  return name === undefined ? [] : [{ name, value: plain.trim() }]
}

/**
 * Leaves one field that says where the body ends: chunks win over a length, equal lengths become
 * one.
 */
function frameBody(fields: Field[], isOld: boolean): Field[] {
  const valuesOf = (wanted: string) =>
    fields
      .filter(({ name }) => name.toLowerCase() === wanted)
      .flatMap(({ value }) => value.split(',').map((part) => part.trim()))
  const others = fields.filter(
    ({ name }, index) => !framing.test(name) && !isRepeated(fields, index),
  )
  // "Chunked" of an HTTP/1.0 server is a mistake: it sends the bytes as they are.
  const isChunked =
    !isOld && valuesOf('transfer-encoding').some((coding) => /^chunked$/i.test(coding))
  if (isChunked) return [...others, { name: 'Transfer-Encoding', value: 'chunked' }]
  const lengths = new Set(valuesOf('content-length').filter((value) => /^\d+$/.test(value)))
  if (lengths.size > 1) {
    throw new ImportFailure(
      'bad_answer',
      'The site tells two different lengths of that file, so it cannot be trusted to be whole.',
    )
  }
  return [...others, ...[...lengths].map((value) => ({ name: lengthName, value }))]
}

/** Node would join a repeated name by a comma, which makes it another name. */
function isRepeated(fields: Field[], index: number): boolean {
  const field = fields[index]
  const isSame = (other: Field) =>
    other.name.toLowerCase() === field?.name.toLowerCase() && other.value === field.value
  return field?.name.toLowerCase() === 'content-disposition' && fields.findIndex(isSame) < index
}

/**
 * The answer to a request that was sent. What breaks after the headers is told by its body.
 * @throws the connection's error, also where a source closes or switches protocols instead
 */
export function awaitAnswer(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    // A 101 that nobody asked for is neither an answer nor an error to Node: it only closes.
    outgoing.on('close', () =>
      reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })),
    )
  })
}
