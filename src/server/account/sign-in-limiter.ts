import type { BetterAuthRateLimitStorage } from 'better-auth'

/**
 * A sliding window for each address and path, in memory: after a restart everybody may guess again,
 * which is worth less to an attacker than a table that guesses can fill is to us.
 * The library's own window lives in a module variable and follows the wall clock.
 */
export function createSignInLimiter(monotonic: () => number): BetterAuthRateLimitStorage {
  /** Times of what was let through, oldest first. A key whose times are all over is dropped. */
  const accepted = new Map<string, { times: number[]; endsAt: number }>()

  function dropEnded(now: number): void {
    for (const [key, entry] of accepted) if (entry.endsAt <= now) accepted.delete(key)
  }

  return {
    async consume(key, { window, max }) {
      const now = monotonic()
      dropEnded(now)
      const times = accepted.get(key)?.times.filter((time) => time > now - window * 1000) ?? []
      const oldest = times[0]
      if (oldest !== undefined && times.length >= max) {
        return { allowed: false, retryAfter: Math.ceil((oldest + window * 1000 - now) / 1000) }
      }
      times.push(now)
      accepted.set(key, { times, endsAt: now + window * 1000 })
      return { allowed: true, retryAfter: null }
    },
  }
}
