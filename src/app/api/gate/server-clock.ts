/**
 * Reads `X-RateLimit-Reset` without knowing what time it is. The header is in the server's epoch
 * seconds and either clock may be hours off, so only the difference of the two clocks is learned,
 * as an interval that each answer narrows. All times in ms, local ones by the app's clock.
 */
export type ServerClock = {
  /** The slot that `resetAt` (epoch seconds) speaks of frees between these two local times. */
  learn(resetAt: number, frees: { from: number; to: number }): void
  /** The latest local time that `resetAt` can mean; null until something was learned. */
  latest(resetAt: number): number | null
}

// Servers round the second up or down; nobody says which.
const roundingMs = 1_000

export function createServerClock(): ServerClock {
  let lowest = Number.NEGATIVE_INFINITY
  let highest = Number.POSITIVE_INFINITY
  return {
    learn(resetAt, frees) {
      const low = resetAt * 1_000 - roundingMs - frees.to
      const high = resetAt * 1_000 + roundingMs - frees.from
      // No overlap: one of the clocks was set. What was learned before is void.
      const isJump = low > highest || high < lowest
      lowest = isJump ? low : Math.max(low, lowest)
      highest = isJump ? high : Math.min(high, highest)
    },
    latest(resetAt) {
      return Number.isFinite(lowest) ? resetAt * 1_000 + roundingMs - lowest : null
    },
  }
}
