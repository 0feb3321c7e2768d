import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isBodyAwaited, isBodyUnderWay } from '#server/http/request/incoming-bytes.ts'
import { connectionLimits } from './connection-limits.ts'

const { lingeringCloseMs } = connectionLimits

/** Lets a response arrive although the request's body was not read. */
export async function lingeringCloseAfterRefusal(
  { raw, server }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (isBodyAwaited(reply)) {
    // The client still waits for our go-ahead, so nothing is on its way and nothing should come.
    reply.header('connection', 'close')
  } else if (mayStillSend(raw)) {
    if (reply.getHeader('connection') === 'close') reply.raw.shouldKeepAlive = false
    reply.removeHeader('connection')
    lingeringClose(raw, reply.raw, server.connectionLimits.lingeringCloseMs)
  }
  return payload
}

/**
 * Call before the head of the answer is written. Closing a connection with unread bytes resets it,
 * and the client sees a network error instead of the answer. So the answer goes out, the rest of the
 * body is thrown away for a while, and only then the connection ends.
 */
export function lingeringClose(
  request: IncomingMessage,
  response: ServerResponse,
  ms = lingeringCloseMs,
): void {
  if (!mayStillSend(request)) return
  // Node hangs up after the answer on a client that asked for it, in the middle of its body too.
  const isLast = !response.shouldKeepAlive
  response.shouldKeepAlive = true
  response.removeHeader('connection')
  response.once('finish', () => {
    if (request.method === 'PATCH') return leaveUnread(request)
    request.resume()
    if (isLast) endThenDrain(request.socket, '', ms)
    else if (!request.complete) cutOffAfter(ms, request, request.socket)
  })
}

/** Long enough for an answer to arrive at who looks for it. */
const unreadMs = 100

/**
 * Browsers look for an answer when all of the body is out, and after a reset they send a request again by
 * themselves, with the offset of before. The rest of a part that is refused would go up in vain, and the
 * parts of an upload are large: it is not taken. Whoever sent it asks how far the upload is.
 */
function leaveUnread(request: IncomingMessage): void {
  request.socket.pause()
  cutOffAfter(unreadMs, request, request.socket)
}

/** Half-closes the socket, and discards what the peer still sends. */
export function endThenDrain(socket: Socket, lastWords: string, ms = lingeringCloseMs): void {
  socket.end(lastWords)
  socket.resume()
  cutOffAfter(ms, socket, socket)
}

function cutOffAfter(ms: number, source: IncomingMessage | Socket, socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), ms)
  timer.unref()
  source.once('close', () => clearTimeout(timer))
}

/** A HTTP/1.0 body without a length is refused, but its bytes still arrive. */
function mayStillSend(request: IncomingMessage): boolean {
  return isBodyUnderWay(request) || isLengthMissing(request)
}

/** "A valid Content-Length is required on all HTTP/1.0 POST requests" (RFC 1945, 8.3). */
export function isLengthMissing({ method, httpVersion, headers }: IncomingMessage): boolean {
  const hasLength = headers['content-length'] !== undefined
  return httpVersion === '1.0' && /^(POST|PUT|PATCH)$/.test(method ?? '') && !hasLength
}
