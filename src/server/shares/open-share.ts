import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { AccountGuesses } from '#server/account/web-session/sign-in-limits.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { addressGroup } from '#server/core/ip-range.ts'
import type { RateLimiters } from '#server/http/limits/rate-limiter.ts'
import type { Route } from '#server/http/route/route.ts'
import type { GuestKeys, LiveShare } from './guest-key.ts'

type Deps = {
  route: Route<unknown>
  guestKeys: GuestKeys
  limiters: RateLimiters
  guesses: AccountGuesses
  verifyPassword(stored: { hash: string; password: string }): Promise<boolean>
}

/** As for signing in: a person who mistypes is not stopped, a program is. */
const passwordsByAddress = { max: 10, seconds: 60 }
const looksByAddress = { max: 60, seconds: 60 }

/** The way in: from what stands in a link, and its password where it has one, to a key for it. */
export function addOpenShareRoute(app: FastifyInstance, deps: Deps): void {
  const { route, guestKeys, guesses, verifyPassword } = deps
  const looks = deps.limiters('share-look', looksByAddress)
  const passwords = deps.limiters('share-password', passwordsByAddress)

  route(app, endpoints.openShare, async ({ body: { secret, password }, raw }) => {
    const address = addressGroup(raw.server.readClient(raw.raw).address)
    await take(looks, address)
    const share = await guestKeys.find(secret)
    const { kind, password_hash } = share
    const isLocked = password_hash !== null
    if (isLocked && password === undefined) return { status: 'ok' as const, kind, key: null }
    if (isLocked && password !== undefined) {
      await take(passwords, address)
      await requirePassword(share, { hash: password_hash, password, address })
    }
    return { status: 'ok' as const, kind, key: guestKeys.keyOf(secret, share) }
  })

  async function requirePassword(
    { id }: LiveShare,
    { hash, password, address }: { hash: string; password: string; address: string },
  ): Promise<void> {
    // No account has a name with a blank in it.
    const attempt = { username: `link ${id}`, address }
    const answer = await guesses.guard(attempt, async () => {
      const isRight = await verifyPassword({ hash, password })
      return new Response(null, { status: isRight ? 200 : 401 })
    })
    if (!answer.ok) throw new ApiFailure('missing_auth', 'That is not the password of this link.')
  }
}

async function take(limiter: ReturnType<RateLimiters>, address: string): Promise<void> {
  const { isTaken, state } = await limiter.take(address)
  if (isTaken) return
  const message = `Too many tries. Try again in ${state.retryAfter} s.`
  throw new ApiFailure('rate_limited', message, { retryAfter: state.retryAfter })
}
