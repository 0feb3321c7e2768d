import {
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { apiErrorStatus } from '#contract/api-error.ts'
import type { ApiFailure } from '#server/http/api-failure.ts'
import { carryBytes } from '#server/http/carry-bytes.ts'
import { errorBody } from '#server/http/error-reply.ts'
import { lingerAfter } from '#server/http/linger.ts'
import { headersToClient } from './forwarded-headers.ts'

export type Exchange = {
  outgoing: ClientRequest
  request: IncomingMessage
  response: ServerResponse
  /** Leaves the rest of the client's body unread. */
  stopSending(): void
}

export function sendAnswer(answer: IncomingMessage, exchange: Exchange): void {
  const { outgoing, request, response, stopSending } = exchange
  const status = answer.statusCode ?? 0
  response.once('finish', stopSending)
  lingerAfter(request, response)
  try {
    response.writeHead(status, answer.statusMessage, headersToClient(answer.headers))
  } catch (error) {
    // A status or header that no honest server sends.
    outgoing.destroy(error as Error)
    return
  }
  // Writing on to an upstream that has refused may lose its words to a reset connection.
  if (status >= 400) stopSending()
  carryBytes(answer, response)
}

/** The gateway's own answer, in the API's words. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  failure: ApiFailure,
): void {
  const body = JSON.stringify(errorBody(failure))
  const status = apiErrorStatus[failure.code]
  lingerAfter(request, response)
  // An answer that could not be handed on has left its own words there.
  response.writeHead(status, STATUS_CODES[status], {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
