import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { CookieJar, type SerializedCookie } from 'tough-cookie'
import type { SiteCookie } from '#server/imports/cookies/read-cookies.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { connectToSource } from '#server/imports/guard/guarded-connect.ts'
import { awaitAnswer, responseHeadMaxBytes } from '#server/imports/guard/response-head.ts'
import { tolerateResponseHead } from '#server/imports/guard/tolerate-response-head.ts'
import { ImportFailure, SilentSource } from '#server/imports/tasks/import-failure.ts'
import { readHeaderLink } from './read-disposition-name.ts'
import type { RetryPolicy } from './retry-policy.ts'

export type OpenedUrl = {
  status: number
  headers: IncomingMessage['headers']
  /** Must be read or closed. Bytes as they are on the wire: nothing inflates them. */
  body: IncomingMessage
  /** Where the redirects led. */
  url: URL
}

export type OpenOptions = {
  /** Ends the opening, and later the body. */
  signal: AbortSignal
  headers?: Record<string, string>
  /** Of this import, for all of its requests. */
  cookies?: SourceCookies
}

export type UrlOpener = (url: URL, options: OpenOptions) => Promise<OpenedUrl>

// As browsers.
const redirectsMax = 20
/** 300 only where the site has chosen: RFC 9110, 15.4.1. */
const redirectStatuses = new Set([300, 301, 302, 303, 307, 308])

/**
 * Makes the function that opens links. It follows redirects one by one, each judged by the guard,
 * and each connection goes to an address that the guard approved at that moment.
 * @throws ImportFailure, or the connection's error
 */
export function createUrlOpener(
  guard: AddressGuard,
  patience: Pick<RetryPolicy, 'connectMs' | 'answerMs'>,
): UrlOpener {
  return async (start, options) => {
    let url = start
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      guard.checkUrl(url)
      const body = await get(guard, url, { ...options, patience })
      const { statusCode: status = 0, headers } = body
      options.cookies?.take(url, headers['set-cookie'])
      const onward = findOnward(status, headers, url)
      if (onward === null) return { status, headers, body, url }
      closeBody(body)
      await wait(onward.afterMs, undefined, { signal: options.signal })
      url = onward.next
    }
    throw new ImportFailure('bad_answer', 'The link redirects too often.')
  }
}

type Onward = { next: URL; afterMs: number }

/** Where an answer sends whoever reads it; null where it is the answer itself. */
function findOnward(status: number, headers: IncomingMessage['headers'], url: URL): Onward | null {
  const { location } = headers
  if (redirectStatuses.has(status) && location !== undefined) {
    const next = URL.parse(readHeaderLink(location), url)
    if (next !== null) return { next, afterMs: 0 }
    throw new ImportFailure('bad_answer', 'The site redirects to something that is no link.')
  }
  const refresh = status === 200 ? readRefresh(headers) : null
  const next = refresh === null ? null : URL.parse(readHeaderLink(refresh.link), url)
  // A page that is only shown anew is the page, at every time.
  if (refresh === null || next === null || next.href === url.href) return null
  return { next, afterMs: refresh.afterMs }
}

type Ask = OpenOptions & { patience: Pick<RetryPolicy, 'connectMs' | 'answerMs'> }

// Node's own client: undici 7 ends the whole process when a site closes a body that nobody reads.
async function get(
  guard: AddressGuard,
  url: URL,
  { signal, headers, cookies, patience }: Ask,
): Promise<IncomingMessage> {
  // A kept connection would outlive the approval of its address, so each request has its own.
  const connection = await connectToSource(guard, url, { signal, stepMs: patience.connectMs })
  const cookie = cookies?.headerFor(url) ?? null
  const outgoing = request({
    createConnection: () => tolerateResponseHead(connection),
    path: url.pathname + url.search,
    signal,
    // Between a site and one reader nobody can be led astray by a message that ends elsewhere.
    insecureHTTPParser: true,
    maxHeaderSize: responseHeadMaxBytes * 2,
    headers: {
      host: url.host,
      'user-agent': 'Mozilla/5.0 (compatible; Barkeep)',
      accept: '*/*',
      // A body that unpacks to a thousand times its size must count as what it is.
      'accept-encoding': 'identity',
      connection: 'close',
      ...(cookie === null ? {} : { cookie }),
      ...headers,
    },
  })
  // Of more than 2,000 headers Node would drop the last ones.
  outgoing.maxHeadersCount = 0
  const timer = setTimeout(() => outgoing.destroy(new SilentSource()), patience.answerMs)
  outgoing.end()
  try {
    return await awaitAnswer(outgoing)
  } finally {
    clearTimeout(timer)
  }
}

/** Ends an answer whose body nobody wants any more. */
export function closeBody(body: IncomingMessage): void {
  body.on('error', () => undefined)
  body.destroy()
}

/** A page that sends on later than this is there to be read. */
const longestMs = 10_000

/**
 * Where a page's `Refresh` header leads and after how long; null where there is none, and where it
 * only shows the page anew. Browsers obey it for what they show, never for what they save.
 */
function readRefresh(headers: IncomingHttpHeaders): { link: string; afterMs: number } | null {
  const { refresh } = headers
  if (typeof refresh !== 'string' || !isShown(headers)) return null
  const [, seconds = '', link = ''] =
    /^\s*(\d+)(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?(.+?)\s*$/is.exec(refresh) ?? []
  const afterMs = Number(seconds) * 1_000
  const bare = /^(["'])(.*?)\1/.exec(link)?.[2] ?? link
  return bare === '' || afterMs > longestMs ? null : { link: bare, afterMs }
}

function isShown(headers: IncomingHttpHeaders): boolean {
  const isAttachment = /^\s*attachment\b/i.test(headers['content-disposition'] ?? '')
  const type = headers['content-type'] ?? 'text/html'
  return !isAttachment && /^\s*(text\/(html|plain)|application\/xhtml\+xml)\b/i.test(type)
}

export type SourceCookies = {
  /** What goes to this address, as a `Cookie` header; null for nothing. */
  headerFor(url: URL): string | null
  /** Takes up what an answer from this address sets. */
  take(url: URL, setCookie: readonly string[] | undefined): void
  /** All of them, for whoever goes on with this import. */
  list(): SiteCookie[]
}

// As Chromium: so many bytes a cookie, and so many from one answer.
const cookieMaxLength = 4_096
const cookiesMax = 180
/** All that is sent at once: larger heads are refused by most servers. */
const headerMaxLength = 16_384

/**
 * The cookies of one import, from its first request to its last. Sites that count, or ask for consent,
 * redirect to themselves until they get back what they set. By the rules of browsers (RFC 6265: host
 * and domain, path, `Secure`, and no public suffixes); make one for each import and share it with none.
 */
export function createSourceCookies(): SourceCookies {
  const jar = new CookieJar(undefined, { looseMode: true })
  return {
    headerFor(url) {
      const pairs = jar.getCookiesSync(url.href).map((cookie) => cookie.cookieString())
      let header = ''
      for (const pair of pairs) {
        if (header.length + pair.length > headerMaxLength) break
        header += header === '' ? pair : `; ${pair}`
      }
      return header === '' ? null : header
    },
    take(url, setCookie = []) {
      for (const text of setCookie.slice(0, cookiesMax)) {
        if (text.length > cookieMaxLength || !isSendable(text)) continue
        jar.setCookieSync(text, url.href, { ignoreError: true })
      }
    },
    list: () => (jar.serializeSync()?.cookies ?? []).flatMap((one) => toSiteCookie(one) ?? []),
  }
}

/** Null for what no line of a cookies.txt can hold. */
function toSiteCookie(one: SerializedCookie): SiteCookie | null {
  const { domain, path, key: name, value } = one
  const fields = [domain, path, name, value]
  if (!fields.every((field) => typeof field === 'string' && !/[\t\r\n]/.test(field))) return null
  const until = Date.parse(String(one.expires))
  return {
    ...{ domain: one.hostOnly === false ? `.${domain}` : String(domain), path: String(path) },
    ...{ name: String(name), value: String(value), isSecure: one.secure === true },
    expires: Number.isNaN(until) ? 0 : Math.floor(until / 1_000),
  }
}

// Each byte a character; what no header may hold cannot be sent back.
function isSendable(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}
