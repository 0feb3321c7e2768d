import { type Agent, type Dispatcher, request } from 'undici'
import type { AddressGuard } from './address-guard.ts'
import { ImportFailure } from './import-failure.ts'

export type OpenedUrl = {
  status: number
  headers: Dispatcher.ResponseData['headers']
  /** Must be read or destroyed. Bytes as they are on the wire: nothing inflates them. */
  body: Dispatcher.ResponseData['body']
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
 * Makes the function that opens links. It follows redirects one by one, each judged by the guard.
 * @throws ImportFailure, or the connection's error
 */
export function createUrlOpener(guard: AddressGuard, agent: Agent): UrlOpener {
  return async (start, { signal, headers }) => {
    let url = start
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      guard.checkUrl(url)
      const answer = await request(url, {
        dispatcher: agent,
        signal,
        headers: {
          'user-agent': 'Mozilla/5.0 (compatible; Barkeep)',
          accept: '*/*',
          // A body that unpacks to a thousand times its size must count as what it is.
          'accept-encoding': 'identity',
          ...headers,
        },
      })
      const location = answer.headers.location
      const isRedirect = redirectStatuses.has(answer.statusCode) && typeof location === 'string'
      if (!isRedirect) {
        return { status: answer.statusCode, headers: answer.headers, body: answer.body, url }
      }
      closeBody(answer.body)
      const next = URL.parse(location, url)
      if (next === null) throw new ImportFailure('The site redirects to something that is no link.')
      url = next
    }
    throw new ImportFailure('The link redirects too often.')
  }
}

/** Ends an answer whose body nobody wants, without an unhandled error. */
export function closeBody(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined)
  body.destroy()
}

/** A header that may come once; a repeated one counts as its first. */
export function headerOf(headers: OpenedUrl['headers'], name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
