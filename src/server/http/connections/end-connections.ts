import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ApiFailure } from '#server/core/failure.ts'

/**
 * Once the server is to end, a connection ends with the last answer on it, and nobody is let in.
 * Node would keep those on which an answer was under way for as long as their clients like, and cut
 * off what was handed over for sending but has not left yet. Returns what begins to drain: each answer is
 * the last on its connection, so that a balancer asks elsewhere next, and new ones are still let in.
 */
export function endConnections(app: FastifyInstance): () => void {
  const { server } = app
  /** The answers that are under way on each open connection; none: it is idle. */
  const underWay = new Map<Socket, Set<ServerResponse>>()
  let isDraining = false
  let isEnding = false

  server.on('connection', (socket: Socket) => {
    underWay.set(socket, new Set())
    socket.once('close', () => underWay.delete(socket))
  })
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    if (isDraining) response.shouldKeepAlive = false
    underWay.get(socket)?.add(response)
    const end = () => {
      underWay.get(socket)?.delete(response)
      if (isEnding) endIfIdle(socket)
    }
    // Of a body that was refused the rest is still being taken in: see `lingeringClose`.
    response.once('close', () => (request.complete ? end() : request.once('end', end)))
  })
  server.closeIdleConnections = () => {
    for (const socket of underWay.keys()) endIfIdle(socket)
  }
  app.addHook('preClose', async () => {
    drain()
    isEnding = true
  })
  // What comes on kept connections while others end is better off with the next start.
  app.addHook('onRequest', async () => {
    if (isEnding)
      throw new ApiFailure('unavailable', 'The server is ending. Try again in a moment.')
  })

  function drain(): void {
    isDraining = true
    // Who is told so asks for nothing more on this connection.
    for (const response of [...underWay.values()].flatMap((responses) => [...responses])) {
      response.shouldKeepAlive = false
    }
  }

  function endIfIdle(socket: Socket): void {
    if (underWay.get(socket)?.size === 0) socket.destroySoon()
  }

  return drain
}
