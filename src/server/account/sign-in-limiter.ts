import type { BetterAuthRateLimitStorage } from 'better-auth'
import { noJournal, type WindowJournal } from '#server/http/window-journal.ts'

/** The longest window that is asked for here. */
const windowMs = 60_000

/**
 * A sliding window for each address and path. Its journal outlives a restart, which must not let
 * everybody guess again.
 * The library's own window lives in a module variable and follows the wall clock.
 */
export function createSignInLimiter(
  monotonic: () => number,
  journal: WindowJournal = noJournal,
): BetterAuthRateLimitStorage {
  /** Times of what was let through, oldest first. A key whose times are all over is dropped. */
  const accepted = new Map(
    [...journal.restored].map(([key, times]) => {
      return [key, { times, endsAt: (times.at(-1) ?? 0) + windowMs }] as const
    }),
  )

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
      journal.note(key, now)
      accepted.set(key, { times, endsAt: now + window * 1000 })
      return { allowed: true, retryAfter: null }
    },
  }
}
