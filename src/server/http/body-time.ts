import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiFailure } from './api-failure.ts'
import { isBodyUnderWay } from './incoming-bytes.ts'

const bodyTimeoutMs = 30_000

/** A small body that trickles in must not hold its request for ever. Uploads have a rule of their own. */
export function limitBodyTime({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (!isBodyUnderWay(raw)) return
  const timer = setTimeout(() => {
    if (raw.complete || reply.sent) return
    reply.send(new ApiFailure('invalid_request', 'The request body took too long to arrive.'))
  }, bodyTimeoutMs)
  raw.once('close', () => clearTimeout(timer))
}
