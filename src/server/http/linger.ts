import type { FastifyReply, FastifyRequest } from 'fastify'
import { isBodyAwaited, isBodyUnderWay } from './incoming-bytes.ts'

/** How long a refused body is still taken in and thrown away. */
const lingerMs = 10_000

/**
 * Lets a refusal arrive although its body was not read: closing a connection with unread bytes
 * resets it, and the client sees a network error instead of the answer. So the answer goes out, the
 * rest of the body is thrown away for a while, and only then the connection ends.
 */
export async function lingerAfterRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const { raw } = request
  if (!isBodyUnderWay(raw)) return payload
  if (isBodyAwaited(reply)) {
    // The client still waits for our go-ahead, so nothing is on its way and nothing should come.
    reply.header('connection', 'close')
    return payload
  }
  reply.removeHeader('connection')
  reply.raw.once('finish', () => {
    if (raw.complete) return
    raw.resume()
    const timer = setTimeout(() => raw.socket.destroy(), lingerMs)
    raw.once('close', () => clearTimeout(timer))
  })
  return payload
}
