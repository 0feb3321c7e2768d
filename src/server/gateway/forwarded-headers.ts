import type { IncomingHttpHeaders } from 'node:http'

type Headers = Record<string, string | string[]>

/** RFC 9110, 7.6.1: what concerns one connection only. `Connection` may name more. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Cookies of this host are not the upstream's business; nor is where the app is served. */
const neverSent = [
  ...['cookie', 'host', 'origin', 'referer', 'expect'],
  // An upstream that trusts us would take a visitor's word of himself for ours.
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip'],
]

/**
 * What an upstream may say about its own host only: here it would set cookies for, force https on
 * or report to strangers about an address that is not its own.
 */
const neverReceived = [
  'set-cookie',
  'strict-transport-security',
  'clear-site-data',
  'alt-svc',
  'nel',
  'report-to',
  'reporting-endpoints',
]

/** The client's headers as the upstream gets them. */
export function headersToUpstream(headers: IncomingHttpHeaders): Headers {
  const kept = without(headers, neverSent)
  // Node frames a body of unknown length by itself, but not a GET's: the upstream would read such a
  // body as the next request.
  if (headers['transfer-encoding'] !== undefined) kept['transfer-encoding'] = 'chunked'
  return kept
}

/**
 * The upstream's headers as the client gets them. Whatever page it answers with is shown under our
 * address: without the sandbox its scripts would read the key of the app.
 */
export function headersToClient(headers: IncomingHttpHeaders): Headers {
  return {
    // Where the upstream says nothing of it, no cache on the way may keep somebody's listing.
    'cache-control': 'no-store',
    ...without(headers, neverReceived),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
}

function without(headers: IncomingHttpHeaders, names: string[]): Headers {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const dropped = new Set([...hopByHop, ...names, ...named])
  // Who names the length as a hop's own wants two readers to see two different requests.
  dropped.delete('content-length')
  const kept: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name)) kept[name] = value
  }
  return kept
}
