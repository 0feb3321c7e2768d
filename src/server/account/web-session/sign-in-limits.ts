import type { BetterAuthRateLimitStorage } from 'better-auth'
import type { FastifyRequest } from 'fastify'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'

/**
 * What the library limits by address and path. Its own window lives in a module variable, follows
 * the wall clock, and would let everybody guess again after a restart.
 */
export function createSignInLimiter(limiters: RateLimiters): BetterAuthRateLimitStorage {
  return {
    async consume(key, { window: seconds, max }) {
      const { isTaken, state } = await limiters('sign-in', { max, seconds }).take(key)
      return { allowed: isTaken, retryAfter: isTaken ? null : state.retryAfter }
    },
  }
}

/** Shared by all who try one account: guessing from a thousand addresses gains nothing. */
const wrongPasswords = { max: 20, seconds: 60 }
const maxKnownAddresses = 20
const tooManyWrong = 'Too many wrong passwords for this account. Wait a minute, then try again.'

export type AccountGuesses = {
  /**
   * Signs in, unless there were too many wrong passwords for this account, from whatever address.
   * Addresses that have signed in before are exempt, so nobody can lock the owner out.
   * @throws ApiFailure `rate_limited`
   */
  guard(
    attempt: { username: string; address: string },
    signIn: () => Promise<Response>,
  ): Promise<Response>
}

/** From where each account has signed in. */
export type KnownAddresses = {
  has(username: string, address: string): Promise<boolean>
  add(username: string, address: string): Promise<void>
}

/** Those since the server started. */
export function createKnownAddresses(): KnownAddresses {
  /** Username → addresses, the latest last. */
  const known = new Map<string, Set<string>>()
  return {
    has: async (username, address) => known.get(username)?.has(address) ?? false,
    async add(username, address) {
      known.set(username, remember(known.get(username) ?? new Set(), address))
    },
  }
}

/** Limits guessing for each account; the library limits it for each address. */
export function createAccountGuesses(deps: {
  limiters: RateLimiters
  locks: Locks
  known: KnownAddresses
}): AccountGuesses {
  const { known } = deps
  const limiter = deps.limiters('account', wrongPasswords)

  async function signInOnce(
    { username, address }: { username: string; address: string },
    signIn: () => Promise<Response>,
  ): Promise<Response> {
    const isKnown = await known.has(username, address)
    const { remaining, retryAfter } = await limiter.peek(username)
    if (remaining === 0 && !isKnown) {
      throw new ApiFailure('rate_limited', tooManyWrong, { retryAfter })
    }
    const answer = await signIn()
    if (answer.ok) await known.add(username, address)
    else if (answer.status === 401 && !isKnown) await limiter.take(username)
    return answer
  }

  return {
    // One at a time: in parallel, all of them would pass the check before the first one fails.
    guard: (attempt, signIn) =>
      deps.locks.run([`sign-in ${attempt.username}`], () => signInOnce(attempt, signIn)),
  }
}

function remember(addresses: Set<string>, address: string): Set<string> {
  addresses.delete(address)
  addresses.add(address)
  const [oldest] = addresses
  if (addresses.size > maxKnownAddresses && oldest !== undefined) addresses.delete(oldest)
  return addresses
}

/** We set it on every request to better-auth, so that no client can choose its address. */
export const clientAddressHeader = 'x-barkeep-client-address'

export function clientAddress({ raw, server }: FastifyRequest): string {
  return server.readClient(raw).address
}
