import { rateLimitHeader, rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import type { Clock } from '#server/core/clock.ts'
import { noJournal, type WindowJournal } from './window-journal.ts'

const windowMs = rateLimitWindowSeconds * 1000

/** A window as a client is told it. `reset` is an epoch second, `retryAfter` seconds from now. */
export type RateLimitState = {
  limit: number
  remaining: number
  reset: number
  retryAfter: number
}

/**
 * A true sliding window per name: at most `limit` taken in any 60 seconds, on the monotonic clock,
 * so that a wall clock that jumps changes nothing. A refusal takes no slot: only what was served
 * counts, or a client that keeps knocking would lock itself out for ever.
 */
export type RateLimiter = {
  take(name: string): { isTaken: boolean; state: RateLimitState }
  /** The window without touching it. */
  look(name: string): RateLimitState
}

export function createRateLimiter(options: {
  limit: number
  clock: Clock
  journal?: WindowJournal
}): RateLimiter {
  const { limit, clock, journal = noJournal } = options
  // name → monotonic times of what was served in the last 60 seconds, oldest first.
  const windows = new Map(journal.restored)
  let sweepAt = clock.monotonic() + windowMs

  function liveWindow(name: string, now: number): number[] {
    if (now >= sweepAt) sweep(now)
    const times = windows.get(name) ?? []
    const firstLive = times.findIndex((time) => time > now - windowMs)
    if (firstLive !== 0) times.splice(0, firstLive < 0 ? times.length : firstLive)
    return times
  }

  // Names come from strangers (addresses): what is idle must not be kept.
  function sweep(now: number): void {
    sweepAt = now + windowMs
    for (const [name, times] of windows) {
      if ((times.at(-1) ?? 0) <= now - windowMs) windows.delete(name)
    }
  }

  function stateOf(times: number[], now: number): RateLimitState {
    const oldest = times[0]
    // With nothing taken a slot is free already.
    const waitMs = oldest === undefined ? 0 : oldest + windowMs - now
    return {
      limit,
      remaining: Math.max(0, limit - times.length),
      // Rounded up: at the second we name, the slot is free.
      reset: Math.ceil((clock.now() + waitMs) / 1000),
      retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
    }
  }

  return {
    take(name) {
      const now = clock.monotonic()
      const times = liveWindow(name, now)
      const isTaken = times.length < limit
      if (isTaken) {
        times.push(now)
        windows.set(name, times)
        journal.note(name, now)
      }
      return { isTaken, state: stateOf(times, now) }
    },
    look(name) {
      const now = clock.monotonic()
      return stateOf(liveWindow(name, now), now)
    },
  }
}

/** "Every response includes" these three. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    [rateLimitHeader.limit]: String(state.limit),
    [rateLimitHeader.remaining]: String(state.remaining),
    [rateLimitHeader.reset]: String(state.reset),
  }
}
