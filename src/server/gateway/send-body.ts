import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { carryBytes } from '#server/http/carry-bytes.ts'
import { isBodyUnderWay } from '#server/http/incoming-bytes.ts'

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
    return carryBytes(request, outgoing)
  }
  // "Expect: 100-continue": the upstream is asked first, and may refuse before a byte is sent.
  let stop = () => {}
  let isAsked = false
  const ask = () => {
    if (isAsked || response.headersSent || outgoing.destroyed) return
    isAsked = true
    response.writeContinue()
    stop = carryBytes(request, outgoing)
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
