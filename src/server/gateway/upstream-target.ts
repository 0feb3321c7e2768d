const apiRoot = '/api/v1/'

/**
 * Where `requestUrl` (as it came, path and query) goes on `upstream`; null when it leaves the API.
 * Dots are resolved before they are sent on, or `/api/v1/../admin` would be asked of the upstream.
 */
export function upstreamTarget(requestUrl: string, upstream: string): URL | null {
  if (!requestUrl.startsWith(apiRoot)) return null
  const target = new URL(upstream + requestUrl)
  // Escaped slashes are read by many a server before it looks for dots.
  const isPlain = !/%(2f|5c)/i.test(target.pathname)
  return isPlain && target.pathname.startsWith(apiRoot) ? target : null
}
