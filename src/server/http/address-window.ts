import type { FastifyInstance } from 'fastify'
import { rateLimitHeader } from '#contract/rate-limit.ts'
import { type RateLimiter, rateLimitHeaders } from './rate-limiter.ts'

/**
 * "Every response includes" the window. Answers of the API to nobody's key in particular (without
 * one, to an address where nothing is) tell that of the client's address.
 */
export function addAddressWindow(app: FastifyInstance, limiter: RateLimiter): void {
  app.addHook('onSend', async (request, reply) => {
    if (!/^\/api\/v1(\/|\?|$)/.test(request.url) || reply.hasHeader(rateLimitHeader.limit)) return
    reply.headers(rateLimitHeaders(limiter.look(addressGroup(request.ip))))
  })
}

/** One household has a whole /64 of IPv6 addresses to guess from. */
export function addressGroup(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address
}
