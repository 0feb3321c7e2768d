import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { apiErrorStatus } from '#contract/api-error.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { errorBody } from '#server/http/request/error-reply.ts'
import { toOriginForm } from '#server/http/request/request-target.ts'
import { authorizationOf, explainParserError, type ParserError } from './explain-parser-error.ts'
import { endThenDrain } from './lingering-close.ts'

const noTunnel = new ApiFailure('invalid_request', 'There is no way through to other hosts here.')

const underWay = new WeakMap<Socket, Set<ServerResponse>>()
const broken = new WeakSet<Socket>()
const overrun = new WeakSet<ServerResponse>()

/**
 * Headers for responses to requests that could not be parsed; `authorization` is what could be read
 * of that header.
 */
export type HeadersFor = (
  socket: Socket,
  authorization: string[],
) => Promise<Record<string, string>>

/**
 * Takes over from Node what it would answer by itself: the go-ahead for a body before any check,
 * 417 and an empty body for other expectations, and nothing at all for CONNECT.
 */
export function overrideNodeDefaults(server: Server, headersFor: HeadersFor): void {
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void server.emit('request', request, response)
  server.on('checkContinue', handle)
  server.on('checkExpectation', handle)
  server.on('connect', async ({ socket, headersDistinct }: IncomingMessage) => {
    // Node hands the connection over whole: a client that resets it must not end the server.
    socket.on('error', () => socket.destroy())
    answerRaw(socket, noTunnel, await headersFor(socket, headersDistinct.authorization ?? []))
  })
  server.prependListener('request', toOriginForm)
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
  error: ParserError,
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
  const headers = await headersFor(socket, authorizationOf(error))
  // The last response is out; the rest of the input is being discarded.
  if (socket.writableEnded) return
  if (error.code === 'ECONNRESET' || hasBegun) socket.destroy()
  // That refusal was for the same garbage.
  else if (last && last.statusCode >= 400) endThenDrain(socket, '')
  else answerRaw(socket, failureOf(error), headers)
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

/** A request that timed out may be retried; a malformed one may not. */
function failureOf(error: ParserError): ApiFailure {
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'unavailable' : 'invalid_request'
  return new ApiFailure(code, explainParserError(error))
}

function answerRaw(socket: Socket, failure: ApiFailure, headers: Record<string, string>): void {
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
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const status = apiErrorStatus[failure.code]
  endThenDrain(socket, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`)
}
