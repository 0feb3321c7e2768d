import type { Clock } from '#app/lib/clock.ts'
import type { RateLimitReading } from '#contract/rate-limit.ts'

export type Verdict = { status: 200 | 429; rateLimit: RateLimitReading }

export type SimulatedLimiterParts = {
  clock: Clock
  limit?: number
  /** Server's epoch ms at the clock's 0: any number, for no client may rely on it. */
  epochMs?: number
}

/**
 * The server's limiter: accepts if and only if fewer than `limit` were accepted in the trailing 60
 * seconds. A refused request takes no slot; `Reset` and `Retry-After` are rounded up.
 */
export class SimulatedLimiter {
  readonly #clock: Clock
  readonly #limit: number
  readonly #epochMs: number
  #accepted: number[] = []

  constructor({ clock, limit = 60, epochMs = 1_782_326_145_678 }: SimulatedLimiterParts) {
    this.#clock = clock
    this.#limit = limit
    this.#epochMs = epochMs
  }

  take(): Verdict {
    const now = this.#clock.now()
    this.#accepted = this.#accepted.filter((at) => at > now - 60_000)
    const isFree = this.#accepted.length < this.#limit
    if (isFree) this.#accepted.push(now)
    const freesAt = (this.#accepted[0] ?? now) + 60_000
    return {
      status: isFree ? 200 : 429,
      rateLimit: {
        limit: this.#limit,
        remaining: this.#limit - this.#accepted.length,
        resetAt: Math.ceil((this.#epochMs + freesAt) / 1_000),
        retryAfter: isFree ? null : Math.max(1, Math.ceil((freesAt - now) / 1_000)),
      },
    }
  }
}
