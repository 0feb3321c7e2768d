import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type AddressGuard, portOf } from './address-guard.ts'
import { awaitAnswer } from './await-answer.ts'
import { lookupOf, plainHost } from './guarded-connect.ts'
import { ImportFailure } from './import-failure.ts'
import { readHeaderText } from './read-header-text.ts'

export type OpenedUrl = {
  status: number
  headers: IncomingMessage['headers']
  /** Must be read or closed. Bytes as they are on the wire: nothing inflates them. */
  body: IncomingMessage
  /** Where the redirects led. */
  url: URL
}

export type UrlOpener = (
  url: URL,
  options: { signal: AbortSignal; headers?: Record<string, string> },
) => Promise<OpenedUrl>

const redirectsMax = 10
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/**
 * Makes the function that opens links. It follows redirects one by one, each judged by the guard,
 * and each connection goes to an address that the guard approved at that moment.
 * @param silentMs a connection on which nothing moves for so long is given up
 * @throws ImportFailure, or the connection's error
 */
export function createUrlOpener(guard: AddressGuard, silentMs: number): UrlOpener {
  return async (start, { signal, headers }) => {
    let url = start
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      guard.checkUrl(url)
      const body = await get(guard, url, { signal, headers, silentMs })
      const { statusCode: status = 0, headers: answered } = body
      const { location } = answered
      if (!redirectStatuses.has(status) || location === undefined) {
        return { status, headers: answered, body, url }
      }
      closeBody(body)
      const next = URL.parse(readHeaderText(location), url)
      if (next === null) throw new ImportFailure('The site redirects to something that is no link.')
      url = next
    }
    throw new ImportFailure('The link redirects too often.')
  }
}

type Ask = {
  signal: AbortSignal
  headers: Record<string, string> | undefined
  silentMs: number
}

// Node's own client: undici 7 ends the whole process when a site closes a body that nobody reads.
async function get(
  guard: AddressGuard,
  url: URL,
  { signal, headers, silentMs }: Ask,
): Promise<IncomingMessage> {
  // A resolver cannot be called off, and takes half a minute where nobody answers it.
  const addresses = await abortable(guard.resolve(plainHost(url), portOf(url)), signal)
  const start = url.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = start(url, {
    // A kept connection would outlive the approval of its address.
    agent: false,
    lookup: lookupOf(addresses),
    signal,
    timeout: silentMs,
    headers: {
      'user-agent': 'Mozilla/5.0 (compatible; Barkeep)',
      accept: '*/*',
      // A body that unpacks to a thousand times its size must count as what it is.
      'accept-encoding': 'identity',
      ...headers,
    },
  })
  outgoing.on('timeout', () =>
    outgoing.destroy(Object.assign(new Error('silent source'), { code: 'ETIMEDOUT' })),
  )
  outgoing.end()
  return await awaitAnswer(outgoing)
}

async function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const handleAbort = () => reject(signal.reason)
  signal.addEventListener('abort', handleAbort)
  try {
    signal.throwIfAborted()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', handleAbort)
  }
}

/** Ends an answer whose body nobody wants any more. */
export function closeBody(body: IncomingMessage): void {
  body.on('error', () => undefined)
  body.destroy()
}
