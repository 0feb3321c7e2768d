import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { FastifyInstance } from 'fastify'
import { ApiFailure } from '#server/core/failure.ts'
import { hijackWithHeaders } from '#server/http/send/serve-app.ts'
import { apiRoot, headersToUpstream, refuse, sendAnswer, sendBody } from './carry-answer.ts'

export type Gateway = {
  /** Streams a request to the upstream and its answer back. Never throws: failures are answered. */
  forward(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

export type GatewayOptions = Partial<Patience> & {
  /** An origin, such as `https://cloudstorage.bar`. */
  upstream: string
  log: (message: string) => void
}

type Client = { request: IncomingMessage; response: ServerResponse }

const notFound = new ApiFailure('not_found', 'There is nothing at this address.')
const encoded = new ApiFailure('invalid_request', 'The only known Transfer-Encoding is "chunked".')
const unavailable = new ApiFailure(
  'unavailable',
  'The hosted service does not answer. Try again later.',
)

/** Makes the gateway to one upstream, with a pool of kept connections for requests that may be repeated. */
export function createGateway(options: GatewayOptions): Gateway {
  const isTls = options.upstream.startsWith('https:')
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true })
  const open = isTls ? httpsRequest : httpRequest
  const limits = { ...patience, ...options }
  const log = (error: Error) => options.log(`${options.upstream} failed: ${describeFailure(error)}`)

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const target = upstreamTarget(request.url ?? '', options.upstream)
    if (!target) refuse(request, response, notFound)
    else if (isEncoded(request)) refuse(request, response, encoded)
    // What must not be sent twice gets a connection of its own: see `exchange`.
    else exchange(target, { request, response }, isRepeatable(request) ? agent : false)
  }

  function exchange(target: URL, client: Client, pool: HttpAgent | false): void {
    const { request, response } = client
    const outgoing = open(target, {
      method: request.method,
      headers: headersToUpstream(request.headers),
      agent: pool,
      timeout: limits.idleMs,
    })
    watchUpstream({ ...client, outgoing }, limits)
    response.once('close', () => outgoing.destroy())
    const stopSending = sendBody({ ...client, outgoing })
    let isAnswerWhole = () => false
    outgoing.on('response', (answer) => {
      isAnswerWhole = () => answer.complete
      answer.once('error', fail)
      if (isEncoded(answer)) fail(new Error('an answer in a coding that nobody asked for'))
      else sendAnswer(answer, { ...client, upstream: options.upstream, outgoing, stopSending })
    })
    outgoing.on('error', fail)
    outgoing.on('upgrade', (_answer, socket) => {
      socket.destroy()
      fail(new Error('switched protocols'))
    })

    function fail(error: Error): void {
      if (response.destroyed || response.writableEnded) return
      stopSending()
      if (response.headersSent) breakOff(error)
      // The upstream may close a kept connection just as it is used. Our own timeouts have no
      // code.
      else if (outgoing.reusedSocket && 'code' in error) exchange(target, client, false)
      else {
        log(error)
        refuse(request, response, unavailable)
      }
    }

    function breakOff(error: Error): void {
      log(error)
      // Destroyed, not ended: half an answer must not look whole. Bytes after a whole one, such
      // as a body to HEAD, do no harm.
      if (!isAnswerWhole()) response.destroy()
    }
  }

  return { forward, close: () => agent.destroy() }
}

function isRepeatable({ method = '', headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return /^(GET|HEAD)$/.test(method) && !hasBody
}

/** Node decodes "chunked" only: any other coding would be handed on undecoded and unnamed. */
function isEncoded({ headers }: IncomingMessage): boolean {
  return (headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked'
}

/**
 * Where `requestUrl` (as it came, path and query) goes on `upstream`; null when it leaves the API.
 * Dots are resolved before they are sent on, or `/api/v1/../admin` would be asked of the upstream.
 */
export function upstreamTarget(requestUrl: string, upstream: string): URL | null {
  if (!requestUrl.startsWith(apiRoot)) return null
  const target = new URL(upstream + requestUrl)
  // Many servers decode escaped slashes before they resolve dots.
  const isPlain = !/%(2f|5c)/i.test(target.pathname)
  return isPlain && target.pathname.startsWith(apiRoot) ? target : null
}

/**
 * Why an upstream failed, in one line for the log. For a name with several addresses Node throws
 * an AggregateError without a message of its own.
 */
export function describeFailure(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(describeFailure).join('; ')
  const code = 'code' in error ? String(error.code) : ''
  return code === '' || error.message.includes(code) ? error.message : `${error.message} (${code})`
}

/** Everything below `/api/v1/` goes to the upstream: any method, body untouched, answer untouched. */
export function addGatewayRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/api/v1/*',
    config: { readsBodyLate: true },
    // In this hook already, because the next step would read the body.
    onRequest: (request, reply) => {
      hijackWithHeaders(reply)
      gateway.forward(request.raw, reply.raw)
    },
    handler: () => undefined,
  })
  app.addHook('onClose', () => gateway.close())
}

export type Patience = {
  /** For connecting, TLS included. */
  connectMs: number
  /** Without a byte in either direction. The whole has no limit: 2 GiB take their time. */
  idleMs: number
  /**
   * From the last byte of the request to the whole head of the answer, however slowly it
   * trickles.
   */
  answerMs: number
}

const patience: Patience = { connectMs: 10_000, idleMs: 60_000, answerMs: 180_000 }

type Parties = { outgoing: ClientRequest; request: IncomingMessage; response: ServerResponse }

/** Destroys `outgoing` once the upstream has taken longer than it may. */
function watchUpstream(parties: Parties, limits: Patience): void {
  const { outgoing } = parties
  limitConnecting(outgoing, limits.connectMs)
  limitAnswer(outgoing, limits.answerMs)
  outgoing.on('timeout', () => {
    // Node reports it once: after a pause of the client, watch again.
    if (isClientsTurn(parties)) outgoing.socket?.setTimeout(limits.idleMs)
    else outgoing.destroy(new Error(`nothing moved for ${limits.idleMs} ms`))
  })
}

/** The client neither sends nor reads: its own connection has a limit for that. */
function isClientsTurn({ outgoing, request, response }: Parties): boolean {
  if (response.headersSent) return response.writableNeedDrain
  return !request.complete && !outgoing.writableNeedDrain
}

function limitConnecting(outgoing: ClientRequest, connectMs: number): void {
  const timer = setTimeout(
    () => outgoing.destroy(new Error(`no connection within ${connectMs} ms`)),
    connectMs,
  )
  const stop = () => clearTimeout(timer)
  outgoing.once('close', stop)
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) stop()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop)
  })
}

function limitAnswer(outgoing: ClientRequest, answerMs: number): void {
  let timer: NodeJS.Timeout | undefined
  let isAnswered = false
  outgoing.once('finish', () => {
    if (isAnswered) return
    const giveUp = () => outgoing.destroy(new Error(`no answer within ${answerMs} ms`))
    timer = setTimeout(giveUp, answerMs)
  })
  outgoing.once('response', () => {
    isAnswered = true
    clearTimeout(timer)
  })
  outgoing.once('close', () => clearTimeout(timer))
}
