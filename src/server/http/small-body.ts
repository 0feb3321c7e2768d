import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiFailure } from './api-failure.ts'
import { isBodyUnderWay, sendContinue } from './incoming-bytes.ts'

/**
 * Lets a body come in that a parser will read whole. One that trickles must not hold its request for
 * ever. Uploads have a rule of their own.
 */
export function awaitSmallBody(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  if (!isBodyUnderWay(raw)) return
  const { 'content-encoding': coding = 'identity' } = raw.headers
  if (!/^identity$/i.test(coding)) {
    throw new ApiFailure('invalid_request', 'Send the body as it is, without Content-Encoding.')
  }
  sendContinue(reply)
  const timer = setTimeout(() => {
    if (raw.complete || reply.sent) return
    reply.send(
      new ApiFailure('unavailable', 'The request body took too long to arrive. Send it again.'),
    )
  }, request.server.connectionLimits.bodyMs)
  raw.once('close', () => clearTimeout(timer))
}
