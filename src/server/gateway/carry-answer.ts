import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { apiErrorStatus } from '#contract/api-error.ts'
import { pipeAndRelease } from '#server/bytes/pipe-and-release.ts'
import type { ApiFailure } from '#server/core/failure.ts'
import { lingeringClose } from '#server/http/connections/lingering-close.ts'
import { errorBody } from '#server/http/request/error-reply.ts'
import { isBodyUnderWay } from '#server/http/request/incoming-bytes.ts'

/** What of an upstream is reached through a gateway. */
export const apiRoot = '/api/v1/'

export type Exchange = {
  /** Where it comes from: an origin. */
  upstream: string
  outgoing: ClientRequest
  request: IncomingMessage
  response: ServerResponse
  /** Stops sending the client's body on. */
  stopSending(): void
}

/** Hands the upstream's answer on; after a refusal, the rest of the client's body stays unread. */
export function sendAnswer(answer: IncomingMessage, exchange: Exchange): void {
  const { upstream, outgoing, request, response, stopSending } = exchange
  const status = answer.statusCode ?? 0
  response.once('finish', stopSending)
  lingeringClose(request, response)
  try {
    response.writeHead(status, answer.statusMessage, headersToClient(answer.headers, upstream))
  } catch (error) {
    // An illegal status or header.
    outgoing.destroy(error as Error)
    return
  }
  // Sending on to an upstream that has refused may reset the connection and lose its answer.
  if (status >= 400) stopSending()
  pipeAndRelease(answer, response)
}

/** The gateway's own answer, in the API's words. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  failure: ApiFailure,
): void {
  const body = JSON.stringify(errorBody(failure))
  const status = apiErrorStatus[failure.code]
  lingeringClose(request, response)
  // An answer that could not be handed on may have left its reason phrase.
  response.writeHead(status, STATUS_CODES[status], {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

/** How long a client that expects `100 Continue` waits for an upstream that does not know of it. */
const continueMs = 1000

type Parties = { outgoing: ClientRequest; request: IncomingMessage; response: ServerResponse }

/**
 * Sends the client's body on at the upstream's pace: the progress a browser shows stays true.
 * Returns what stops it.
 */
export function sendBody({ outgoing, request, response }: Parties): () => void {
  if (request.complete || request.headers.expect === undefined) {
    // Node holds the head back until the body begins; the upstream may refuse by the head alone,
    // without waiting for a slow client.
    if (isBodyUnderWay(request)) outgoing.flushHeaders()
    return pipeAndRelease(request, outgoing)
  }
  // "Expect: 100-continue": the upstream is asked first, and may refuse before a byte is sent.
  let stop = () => {}
  let isAsked = false
  const ask = () => {
    if (isAsked || response.headersSent || outgoing.destroyed) return
    isAsked = true
    response.writeContinue()
    stop = pipeAndRelease(request, outgoing)
  }
  outgoing.setHeader('expect', '100-continue')
  outgoing.once('continue', ask)
  let timer: NodeJS.Timeout | undefined
  // Not before there is a connection: an unreachable upstream asks for nothing.
  outgoing.once('socket', (socket) => {
    const wait = () => {
      timer = setTimeout(ask, continueMs)
    }
    if (socket.connecting) socket.once('connect', wait)
    else wait()
  })
  outgoing.once('close', () => clearTimeout(timer))
  outgoing.flushHeaders()
  return () => stop()
}

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

/** Cookies of this host, and where the app is served, do not concern the upstream. */
const neverSent = [
  ...['cookie', 'host', 'origin', 'referer', 'expect'],
  // An upstream that trusts this gateway would take what a visitor claims for our word.
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip'],
]

/**
 * Valid for the upstream's own host only: handed on, they would set cookies, force https and send
 * reports for ours.
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
  // Node does not frame the body of a GET by itself: the upstream would read it as the next
  // request.
  if (headers['transfer-encoding'] !== undefined) kept['transfer-encoding'] = 'chunked'
  return kept
}

/**
 * The upstream's headers as the client gets them. A page from the upstream is shown under our
 * origin: without the sandbox its scripts could read the app's key.
 */
function headersToClient(headers: IncomingHttpHeaders, upstream: string): Headers {
  const { location } = headers
  return {
    // By default no cache on the way may keep somebody's listing.
    'cache-control': 'no-store',
    ...without(headers, neverReceived),
    // What was made there is reached here: browsers may not go to the upstream.
    ...(location?.startsWith(`${upstream}${apiRoot}`) && {
      location: location.slice(upstream.length),
    }),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
}

function without(headers: IncomingHttpHeaders, names: string[]): Headers {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  const dropped = new Set([...hopByHop, ...names, ...named])
  // Naming Content-Length in Connection is an attempt at request smuggling.
  dropped.delete('content-length')
  const kept: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name)) kept[name] = value
  }
  return kept
}
