import { rateLimitHeader } from '#contract/rate-limit.ts'

/** At most `max` in any `seconds`. */
export type RateLimit = { max: number; seconds: number }

/** A window as a client is told it. `reset` is an epoch second, `retryAfter` seconds from now. */
export type RateLimitState = {
  limit: number
  remaining: number
  reset: number
  retryAfter: number
}

/**
 * A true sliding window per name, on a clock that nobody sets. A refusal takes no slot: only what was
 * served counts, or a client that keeps knocking would lock itself out for ever.
 */
export type RateLimiter = {
  /** Takes a slot where there is one; `state` is the window afterwards. */
  take(name: string): Promise<{ isTaken: boolean; state: RateLimitState }>
  /** The window without touching it. */
  peek(name: string): Promise<RateLimitState>
}

/**
 * The limiter of a group of names, such as keys or addresses; each group has windows of its own. A
 * name is always asked for under the same limit.
 */
export type RateLimiters = (group: string, limit: RateLimit) => RateLimiter

/** Whoever is refused outside a route; `authorization`: the header's values, as many as were sent. */
export type Refused = { address: string; authorization: string[] }

/** "Every response includes" these three. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    [rateLimitHeader.limit]: String(state.limit),
    [rateLimitHeader.remaining]: String(state.remaining),
    [rateLimitHeader.reset]: String(state.reset),
  }
}
