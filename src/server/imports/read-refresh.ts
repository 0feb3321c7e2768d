import type { IncomingHttpHeaders } from 'node:http'

/** A page that sends on later than this is there to be read. */
const longestMs = 10_000

/**
 * Where a page's `Refresh` header leads and after how long; null where there is none, and where it
 * only shows the page anew. Browsers obey it for what they show, never for what they save.
 */
export function readRefresh(
  headers: IncomingHttpHeaders,
): { link: string; afterMs: number } | null {
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
