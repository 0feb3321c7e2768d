import type { FastifyInstance } from 'fastify'
import { rateLimitHeader } from '#contract/rate-limit.ts'
import { ApiFailure, isStorageFailure } from '#server/core/failure.ts'
import { addressGroup } from '#server/core/ip-range.ts'
import {
  type RateLimitState,
  type Refused,
  rateLimitHeaders,
} from '#server/http/limits/rate-limiter.ts'
import { isForV1 } from '#server/http/request/request-target.ts'
import type { Gatekeeper } from './route.ts'

type Windows = Pick<
  Gatekeeper<{ id: string; scopes: string[] }, unknown>,
  'authenticate' | 'rateLimiter' | 'unknownKeyLimiter'
>

/**
 * "Every response includes" the window, also those that no endpoint made: to an address where
 * nothing is, to a request that could not be read. Whoever shows a key is told its window, anybody
 * else that of his address.
 */
export function addWindowHeaders(app: FastifyInstance, windows: Windows): void {
  app.windowHeaders = async (who) => {
    try {
      const ofKey = await keyWindow(windows, who)
      return rateLimitHeaders(
        ofKey ?? (await windows.unknownKeyLimiter.peek(addressGroup(who.address))),
      )
    } catch (error) {
      // Where the windows are in a store that is away nobody knows them, and the answer goes out all the same.
      if (!isStorageFailure(error)) throw error
      return {}
    }
  }
  app.addHook('onSend', async (request, reply) => {
    if (reply.hasHeader(rateLimitHeader.limit) || !isForV1(request.originalUrl)) return
    const { authorization = [] } = request.raw.headersDistinct
    reply.headers(
      await app.windowHeaders({ address: app.readClient(request.raw).address, authorization }),
    )
  })
}

async function keyWindow(
  { authenticate, rateLimiter, unknownKeyLimiter }: Windows,
  { address, authorization }: Refused,
): Promise<RateLimitState | null> {
  if (authorization.length === 0) return null
  try {
    const { id } = await authenticate({ headersDistinct: { authorization } })
    return await rateLimiter.peek(id)
  } catch (error) {
    // A store that fails must not take the answer with it.
    if (!(error instanceof ApiFailure)) return null
    if (error.keyId !== undefined) return await rateLimiter.peek(error.keyId)
    // A guess counts wherever it is made.
    if (error.code !== 'invalid_key') return null
    return (await unknownKeyLimiter.take(addressGroup(address))).state
  }
}
