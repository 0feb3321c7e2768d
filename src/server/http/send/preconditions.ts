import type { IncomingMessage } from 'node:http'

/**
 * What conditions are compared with; `etag` is strong, with its quotes. `modifiedAt` null: the time is
 * unknown, and conditions on it are ignored.
 */
type Version = { etag: string; modifiedAt: Date | null }

/**
 * Evaluates conditional headers in the order of RFC 9110, 13.2.2: continue, 304 because the client has
 * this version, or 412 because it wanted another.
 */
export function checkPreconditions(
  request: IncomingMessage,
  version: Version,
): 'go on' | 'not modified' | 'failed' {
  if (!isWantedVersion(request, version)) return 'failed'
  if (!isKnownVersion(request, version)) return 'go on'
  return isReading(request) ? 'not modified' : 'failed'
}

function isWantedVersion(request: IncomingMessage, { etag, modifiedAt }: Version): boolean {
  const match = request.headers['if-match']
  if (match !== undefined) return matchesTag(match, (tag) => tag === etag)
  const since = dateOf(request, 'if-unmodified-since')
  return since === null || modifiedAt === null || wholeSecond(modifiedAt) <= since
}

function isKnownVersion(request: IncomingMessage, { etag, modifiedAt }: Version): boolean {
  const noneMatch = request.headers['if-none-match']
  if (noneMatch !== undefined) {
    return matchesTag(noneMatch, (tag) => tag.replace(/^W\//, '') === etag)
  }
  const since = isReading(request) ? dateOf(request, 'if-modified-since') : null
  return since !== null && modifiedAt !== null && wholeSecond(modifiedAt) <= since
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

/**
 * "If-Range": a range only of the very version that the client has a part of. "GET is the only method
 * for which range handling is defined" (RFC 9110, 14.2).
 */
export function isRangeWanted(request: IncomingMessage, { etag, modifiedAt }: Version): boolean {
  if (request.method !== 'GET') return false
  const condition = request.headers['if-range']
  if (condition === undefined) return true
  const text = String(condition).trim()
  if (text === etag) return true
  return modifiedAt !== null && readHttpDate(text) === wholeSecond(modifiedAt)
}

function matchesTag(list: string, isSame: (tag: string) => boolean): boolean {
  return list.trim() === '*' || (list.match(/(?:W\/)?"[^"]*"/g) ?? []).some(isSame)
}

/** "A recipient MUST ignore" the header where it is no date, or several. */
function dateOf({ headersDistinct }: IncomingMessage, name: string): number | null {
  const [text = '', ...more] = headersDistinct[name] ?? []
  return more.length > 0 ? null : readHttpDate(text.trim())
}

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const time = '\\d\\d:\\d\\d:\\d\\d'
/** Today's form and the two of old that are still to be read (RFC 9110, 5.6.7). */
const httpDate = new RegExp(
  `^[A-Z][a-z]{2}, \\d\\d ${month} \\d{4} ${time} GMT$|^[A-Z][a-z]{5,8}, \\d\\d-${month}-\\d\\d ${time} GMT$|^[A-Z][a-z]{2} ${month} [ \\d]\\d ${time} \\d{4}$`,
)

/** In epoch milliseconds; null for what is no HTTP date, though `Date.parse` reads much more. */
function readHttpDate(text: string): number | null {
  if (!httpDate.test(text)) return null
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(ms) ? null : ms
}

function wholeSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000
}
