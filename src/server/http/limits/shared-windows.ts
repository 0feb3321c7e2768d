import type { Clock } from '#server/core/clock.ts'
import {
  type RateLimit,
  type RateLimiters,
  type RateLimitState,
  rateLimitState,
} from './rate-limiter.ts'

/** How a window is: `oldest` is null with nothing taken; both times are epoch milliseconds of the store. */
type SeenWindow = { used: number; oldest: number | null; at: number }

/** Windows of all servers, in a store that all of them have. */
export type WindowStore = {
  /** Takes a slot where there is one: at most `max` in any `seconds`, whatever servers ask. */
  take(name: string, limit: RateLimit): Promise<SeenWindow & { isTaken: boolean }>
  look(name: string, limit: RateLimit): Promise<SeenWindow>
  /** Forgets windows in which nothing counts any more. */
  sweep(): Promise<void>
}

type Options = { store: WindowStore; clock: Clock; warn(error: unknown): void }

/** On the monotonic clock: when the first slot frees at the soonest, and when it has at the latest. */
type Refusal = { soonest: number; latest: number }

const sweepEveryMs = 60_000

/**
 * Rate limiters over the windows of all servers. Who was refused is remembered here until a slot can be free,
 * which no server brings forward: knocking costs the store nothing.
 */
export function createSharedWindows({ store, clock, warn }: Options): RateLimiters {
  const refused = new Map<string, Refusal>()
  let sweepAt = clock.monotonic() + sweepEveryMs

  function sweep(now: number): void {
    sweepAt = now + sweepEveryMs
    for (const [name, { latest }] of refused) if (latest <= now) refused.delete(name)
    store.sweep().catch(warn)
  }

  function rememberedOf(name: string, limit: RateLimit): RateLimitState | null {
    const now = clock.monotonic()
    if (now >= sweepAt) sweep(now)
    const refusal = refused.get(name)
    if (refusal === undefined || now >= refusal.soonest) return null
    const waitMs = refusal.latest - now
    return rateLimitState(clock.now(), limit, { used: limit.max, waitMs })
  }

  return (group, limit) => {
    const stateOf = ({ used, oldest, at }: SeenWindow) =>
      rateLimitState(clock.now(), limit, { used, waitMs: waitOf({ oldest, at }, limit) })

    return {
      async take(name) {
        const full = `${group} ${name}`
        const remembered = rememberedOf(full, limit)
        if (remembered !== null) return { isTaken: false, state: remembered }
        const asked = clock.monotonic()
        const { isTaken, ...seen } = await store.take(full, limit)
        if (isTaken) refused.delete(full)
        else {
          // Somewhere between the question and the answer the store looked at its clock.
          const waitMs = waitOf(seen, limit)
          refused.set(full, { soonest: asked + waitMs, latest: clock.monotonic() + waitMs })
        }
        return { isTaken, state: stateOf(seen) }
      },
      async peek(name) {
        const full = `${group} ${name}`
        return rememberedOf(full, limit) ?? stateOf(await store.look(full, limit))
      },
    }
  }
}

function waitOf({ oldest, at }: Pick<SeenWindow, 'oldest' | 'at'>, { seconds }: RateLimit): number {
  return oldest === null ? 0 : Math.max(0, oldest + seconds * 1000 - at)
}
