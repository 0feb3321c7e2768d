import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { apiErrorStatus } from '#contract/api-error.ts'
import type { ApiFailure } from '#server/http/api-failure.ts'
import { carryBytes } from '#server/http/carry-bytes.ts'
import { errorBody } from '#server/http/error-reply.ts'
import { headersToClient } from './forwarded-headers.ts'

export type Exchange = {
  outgoing: ClientRequest
  request: IncomingMessage
  response: ServerResponse
  /** Leaves the rest of the client's body unread. */
  stopSending(): void
}

/** How long a client may go on sending once it has its answer, before it is cut off. */
const lingerMs = 5000

export function sendAnswer(answer: IncomingMessage, exchange: Exchange): void {
  const { outgoing, request, response, stopSending } = exchange
  const status = answer.statusCode ?? 0
  keepForRest(request, response)
  try {
    response.writeHead(status, headersToClient(answer.headers))
  } catch (error) {
    // A status or header that no honest server sends.
    outgoing.destroy(error as Error)
    return
  }
  // Writing on to an upstream that has refused may lose its words to a reset connection.
  if (status >= 400) stopSending()
  response.once('finish', () => {
    stopSending()
    linger(request)
  })
  carryBytes(answer, response)
}

/** The gateway's own answer, in the API's words. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  failure: ApiFailure,
): void {
  const body = JSON.stringify(errorBody(failure))
  keepForRest(request, response)
  response.writeHead(apiErrorStatus[failure.code], {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  response.once('finish', () => linger(request))
  response.end(body)
}

/** Node hangs up after the answer on a client that asked for it, in the middle of its body too. */
function keepForRest(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) response.shouldKeepAlive = true
}

/**
 * The answer is out, the body is not in. A connection that is closed on a sender loses the answer
 * that is under way to it, so the rest is thrown away for a while first.
 */
function linger(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  const timer = setTimeout(() => request.socket.destroy(), lingerMs)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
}
