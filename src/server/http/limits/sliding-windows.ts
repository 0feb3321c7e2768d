import type { Clock } from '#server/core/clock.ts'
import {
  type RateLimit,
  type RateLimiters,
  type RateLimitState,
  rateLimitState,
} from './rate-limiter.ts'
import type { WindowJournal } from './window-journal.ts'

type Options = {
  clock: Clock
  /** Persists the windows over restarts; without one they end with the process. */
  journal?: WindowJournal
}

const sweepEveryMs = 60_000

/**
 * Rate limiters in this process's memory, on the monotonic clock: a wall clock that jumps changes
 * nothing.
 */
export function createSlidingWindows({ clock, journal }: Options): RateLimiters {
  const groups = new Map<string, Windows>()

  return (group, limit) => {
    const windows = groups.get(group) ?? new Windows(journal?.restored(group))
    groups.set(group, windows)
    return {
      async take(name) {
        const now = clock.monotonic()
        const times = windows.live(name, now, limit.seconds * 1000)
        const isTaken = times.length < limit.max
        if (isTaken) {
          windows.add(name, times, now)
          journal?.note(group, name, now)
        }
        return { isTaken, state: stateOf(clock, times, { now, limit }) }
      },
      async peek(name) {
        const now = clock.monotonic()
        return stateOf(clock, windows.live(name, now, limit.seconds * 1000), { now, limit })
      },
    }
  }
}

class Windows {
  /** name → monotonic times of what was served, oldest first. */
  readonly #times: Map<string, number[]>
  #longestMs = 0
  #sweepAt = Number.NEGATIVE_INFINITY

  constructor(restored?: ReadonlyMap<string, number[]>) {
    this.#times = new Map(restored)
  }

  /** The times that still count. */
  live(name: string, now: number, windowMs: number): number[] {
    this.#longestMs = Math.max(this.#longestMs, windowMs)
    if (now >= this.#sweepAt) this.#sweep(now)
    const times = this.#times.get(name) ?? []
    const firstLive = times.findIndex((time) => time > now - windowMs)
    if (firstLive !== 0) times.splice(0, firstLive < 0 ? times.length : firstLive)
    return times
  }

  add(name: string, times: number[], now: number): void {
    times.push(now)
    this.#times.set(name, times)
  }

  // Strangers choose the names (addresses), so idle ones must go.
  #sweep(now: number): void {
    this.#sweepAt = now + sweepEveryMs
    for (const [name, times] of this.#times) {
      if ((times.at(-1) ?? 0) <= now - this.#longestMs) this.#times.delete(name)
    }
  }
}

function stateOf(
  clock: Clock,
  times: number[],
  { now, limit }: { now: number; limit: RateLimit },
): RateLimitState {
  const oldest = times[0]
  // With nothing taken a slot is free already.
  const waitMs = oldest === undefined ? 0 : oldest + limit.seconds * 1000 - now
  return rateLimitState(clock.now(), limit, { used: times.length, waitMs })
}
