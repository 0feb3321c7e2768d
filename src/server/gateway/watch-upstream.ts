import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'

export type Patience = {
  /** Until the connection stands, encryption included. */
  connectMs: number
  /** Without a byte in either direction. There is no limit on the whole: 2 GiB take their time. */
  idleMs: number
  /** From the last byte of the request to the head of the answer, however busily it trickles in. */
  answerMs: number
}

export const patience: Patience = { connectMs: 10_000, idleMs: 60_000, answerMs: 180_000 }

type Parties = { outgoing: ClientRequest; request: IncomingMessage; response: ServerResponse }

/** Destroys `outgoing` once the upstream has taken longer than it may. */
export function watchUpstream(parties: Parties, limits: Patience): void {
  const { outgoing } = parties
  limitConnecting(outgoing, limits.connectMs)
  limitAnswer(outgoing, limits.answerMs)
  outgoing.on('timeout', () => {
    // Node tells it once; what comes after a pause of the client's is to be watched again.
    if (isClientsTurn(parties)) outgoing.socket?.setTimeout(limits.idleMs)
    else outgoing.destroy(new Error(`nothing moved for ${limits.idleMs} ms`))
  })
}

/** Nothing moves because the client neither sends nor takes: its own connection has a limit for that. */
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
