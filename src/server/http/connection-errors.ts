import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { apiErrorStatus } from '#contract/api-error.ts'
import { ApiFailure } from './api-failure.ts'
import { errorBody } from './error-reply.ts'
import { endThenDrain } from './linger.ts'

const notHttp = new ApiFailure('invalid_request', 'This is not a request that HTTP/1.1 knows.')
const tooLarge = new ApiFailure('invalid_request', 'The request line and headers are too large.')
const tooSlow = new ApiFailure('unavailable', 'The request took too long to arrive. Send it again.')
const noTunnel = new ApiFailure('invalid_request', 'There is no way through to other hosts here.')

const underWay = new WeakMap<Socket, Set<ServerResponse>>()
const broken = new WeakSet<Socket>()
const overrun = new WeakSet<ServerResponse>()

/** Headers that also those answers get which no request can be made out for. */
export type HeadersFor = (socket: Socket) => Record<string, string>

/**
 * Takes over from Node what it would answer by itself: the go-ahead for a body before any check,
 * 417 and an empty body for other expectations, and nothing at all for CONNECT.
 */
export function answerByOurselves(server: Server, headersFor: HeadersFor): void {
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void server.emit('request', request, response)
  server.on('checkContinue', handle)
  server.on('checkExpectation', handle)
  server.on('connect', ({ socket }: IncomingMessage) => {
    // Node hands the connection over whole: a client that resets it must not end the server.
    socket.on('error', () => socket.destroy())
    answerRaw(socket, noTunnel, headersFor)
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = underWay.get(socket) ?? new Set()
    underWay.set(socket, responses.add(response))
    response.once('close', () => responses.delete(response))
  })
}

/**
 * Answers what Node's parser refuses, which it would do with an empty body. What came whole before
 * it on the same connection is answered first; an answer that has begun is never written into.
 */
export async function answerParserError(
  error: Error & { code?: string },
  socket: Socket,
  headersFor: HeadersFor,
): Promise<void> {
  if (broken.has(socket)) return
  broken.add(socket)
  const responses = underWay.get(socket) ?? new Set()
  const before = [...responses].filter((response) => response.req.complete)
  const last = before.at(-1)
  if (last && error.code?.startsWith('HPE_INVALID')) tellOverrun(last)
  await Promise.all(before.map((response) => once(response, 'close')))
  const hasBegun = [...responses].some((response) => response.headersSent)
  // It has had its last answer, and what it still sends is being thrown away.
  if (socket.writableEnded) return
  if (error.code === 'ECONNRESET' || hasBegun) socket.destroy()
  // It was refused for this very nonsense.
  else if (last && last.statusCode >= 400) endThenDrain(socket, '')
  else answerRaw(socket, failureOf(error), headersFor)
}

/**
 * Calls `listener` when what follows a request's body is no HTTP: then the body was longer than its
 * `Content-Length`, and what came of it is not what the client meant.
 */
export function onOverrun(response: ServerResponse, listener: () => void): void {
  if (overrun.has(response)) listener()
  else response.once('overrun', listener)
}

function tellOverrun(response: ServerResponse): void {
  overrun.add(response)
  response.emit('overrun')
}

function failureOf({ code }: { code?: string }): ApiFailure {
  if (code === 'HPE_HEADER_OVERFLOW') return tooLarge
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? tooSlow : notHttp
}

function answerRaw(socket: Socket, failure: ApiFailure, headersFor: HeadersFor): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(errorBody(failure))
  const head = Object.entries({
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...headersFor(socket),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const status = apiErrorStatus[failure.code]
  endThenDrain(socket, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`)
}
