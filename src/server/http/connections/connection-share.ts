import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ApiFailure } from '#server/core/failure.ts'
import { addressGroup } from '#server/core/ip-range.ts'
import { errorBody } from '#server/http/request/error-reply.ts'
import { endThenDrain } from './lingering-close.ts'

/** Refusals that may wait for their clients to read them; more are cut off. */
const maxRefusalsAtOnce = 50
const refusalMs = 1000

const tooMany = new ApiFailure(
  'unavailable',
  'Too many connections are open from this address. Close some, then try again.',
)
const body = JSON.stringify(errorBody(tooMany))
const refusal = [
  'HTTP/1.1 503 Service Unavailable',
  'content-type: application/json; charset=utf-8',
  `content-length: ${Buffer.byteLength(body)}`,
  'cache-control: no-store',
  'retry-after: 5',
  `connection: close\r\n\r\n${body}`,
].join('\r\n')

/**
 * No address may hold more than `share` of the connections, whatever it does on them: the rest is for
 * others. Trusted proxies hold those of all their clients.
 */
export function shareConnections(
  server: Server,
  { share, isTrusted }: { share: number; isTrusted(address: string): boolean },
): void {
  const open = new Map<string, number>()
  let refusals = 0

  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket
    if (isTrusted(remoteAddress)) return
    const group = addressGroup(remoteAddress)
    const held = open.get(group) ?? 0
    if (held >= share) {
      refuse(socket)
      return
    }
    open.set(group, held + 1)
    socket.once('close', () => {
      const left = (open.get(group) ?? 1) - 1
      if (left === 0) open.delete(group)
      else open.set(group, left)
    })
  })

  function refuse(socket: Socket): void {
    if (refusals >= maxRefusalsAtOnce) {
      socket.destroy()
      return
    }
    refusals += 1
    socket.once('close', () => {
      refusals -= 1
    })
    socket.on('error', () => socket.destroy())
    endThenDrain(socket, refusal, refusalMs)
  }
}
