import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { apiErrorStatus } from '#contract/api-error.ts'
import { ApiFailure } from '#server/http/api-failure.ts'
import { errorBody } from '#server/http/error-reply.ts'
import { headersToClient, headersToUpstream } from './forwarded-headers.ts'
import { upstreamTarget } from './upstream-target.ts'

export type Gateway = {
  /** Streams a request to the upstream and its answer back. Never throws: failures are answered. */
  forward(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

export type GatewayOptions = {
  /** An origin, such as `https://cloudstorage.bar`. */
  upstream: string
  log: (message: string) => void
  /** Until the connection stands. */
  connectMs?: number
  /** Without a byte in either direction. There is no limit on the whole: 2 GiB take their time. */
  idleMs?: number
}

/** How long a client that expects `100 Continue` waits for an upstream that does not know of it. */
const continueMs = 1000
/** How long a client may go on sending once it has its answer, before it is cut off. */
const lingerMs = 5000

export function createGateway(options: GatewayOptions): Gateway {
  const isTls = options.upstream.startsWith('https:')
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true })
  const open = isTls ? httpsRequest : httpRequest

  function forward(request: IncomingMessage, response: ServerResponse, isSecondTry = false): void {
    const target = upstreamTarget(request.url ?? '', options.upstream)
    if (!target) {
      sendFailure(response, new ApiFailure('not_found', 'There is nothing at this address.'))
      return
    }
    // A kept connection may be closed by the upstream just as it is used. What can be sent again is;
    // everything else gets a connection of its own.
    const isRepeatable = /^(GET|HEAD)$/.test(request.method ?? '') && !hasBody(request)
    const outgoing = open(target, {
      method: request.method,
      headers: headersToUpstream(request.headers),
      agent: isRepeatable ? agent : false,
      timeout: options.idleMs ?? 60_000,
    })
    limitConnecting(outgoing, options.connectMs ?? 10_000)
    outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')))
    response.once('close', () => outgoing.destroy())
    outgoing.on('response', (answer) => sendAnswer(answer, { outgoing, request, response }))
    const fail = (error: Error) => {
      if (response.destroyed || response.writableEnded) return
      if (outgoing.reusedSocket && !isSecondTry && !response.headersSent) {
        forward(request, response, true)
        return
      }
      options.log(`${options.upstream} failed: ${error.message}`)
      refuse(request, response)
    }
    outgoing.on('error', fail)
    outgoing.on('upgrade', (_answer, socket) => {
      socket.destroy()
      fail(new Error('switched protocols'))
    })
    sendBody(request, { outgoing, response })
  }

  return { forward, close: () => agent.destroy() }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function limitConnecting(outgoing: ClientRequest, connectMs: number): void {
  const timer = setTimeout(() => outgoing.destroy(new Error('no connection')), connectMs)
  const stop = () => clearTimeout(timer)
  outgoing.once('close', stop)
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', stop)
    else stop()
  })
}

type Ends = { outgoing: ClientRequest; response: ServerResponse }

/** Piped, so that the upstream's pace is the client's: the progress a browser shows stays true. */
function sendBody(request: IncomingMessage, { outgoing, response }: Ends): void {
  if (request.complete || request.headers.expect === undefined) {
    request.pipe(outgoing)
    return
  }
  // "Expect: 100-continue": the upstream is asked first, and may refuse before a byte is sent.
  let isAsked = false
  const ask = () => {
    if (isAsked || response.headersSent || outgoing.destroyed) return
    isAsked = true
    response.writeContinue()
    request.pipe(outgoing)
  }
  outgoing.setHeader('expect', '100-continue')
  outgoing.once('continue', ask)
  const timer = setTimeout(ask, continueMs)
  outgoing.once('close', () => clearTimeout(timer))
  outgoing.flushHeaders()
}

function sendAnswer(answer: IncomingMessage, ends: Ends & { request: IncomingMessage }): void {
  const { outgoing, request, response } = ends
  try {
    response.writeHead(answer.statusCode ?? 0, headersToClient(answer.headers))
  } catch (error) {
    // A status or header that no honest server sends.
    outgoing.destroy(error as Error)
    return
  }
  response.once('finish', () => linger(request))
  answer.pipe(response)
  // Cut short, not ended: half an answer must not look whole.
  answer.once('error', () => response.destroy())
  answer.once('aborted', () => response.destroy())
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.once('finish', () => linger(request))
  sendFailure(
    response,
    new ApiFailure('unavailable', 'The hosted service does not answer. Try again later.'),
  )
}

/**
 * The answer is out, the body is not in. A connection that is closed on a sender loses the answer
 * that is under way to it, so the rest is thrown away for a while first.
 */
function linger(request: IncomingMessage): void {
  if (request.complete) return
  request.unpipe()
  request.resume()
  const timer = setTimeout(() => request.socket.destroy(), lingerMs)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
}

function sendFailure(response: ServerResponse, failure: ApiFailure): void {
  const body = JSON.stringify(errorBody(failure))
  response.writeHead(apiErrorStatus[failure.code], {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
