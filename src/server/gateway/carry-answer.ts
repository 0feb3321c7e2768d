import {
  type ClientRequest,
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
  lingeringClose(request, response)
  try {
    response.writeHead(status, answer.statusMessage, headersToClient(answer.headers))
  } catch (error) {
    // A status or header that no honest server sends.
    outgoing.destroy(error as Error)
    return
  }
  // Writing on to an upstream that has refused may lose its words to a reset connection.
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
  // An answer that could not be handed on has left its own words there.
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
    // Node holds a head back until there is a byte of its body. The upstream may refuse by the head
    // alone, and must not wait for a slow client to begin.
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
  // An upstream that cannot even be reached asks for nothing.
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
