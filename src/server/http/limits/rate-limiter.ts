import { rateLimitHeader } from '#contract/rate-limit.ts'

/** At most `max` in any `seconds`. */
export type RateLimit = { max: number; seconds: number }

/** A window as clients see it. `reset` is an epoch second, `retryAfter` seconds from now. */
export type RateLimitState = {
  limit: number
  remaining: number
  reset: number
  retryAfter: number
}

/**
 * A true sliding window per name, on a monotonic clock. A refusal takes no slot: otherwise a client
 * that keeps retrying would lock itself out for ever.
 */
export type RateLimiter = {
  /** Takes a slot where there is one; `state` is the window afterwards. */
  take(name: string): Promise<{ isTaken: boolean; state: RateLimitState }>
  /** The window without touching it. */
  peek(name: string): Promise<RateLimitState>
}

/**
 * Returns the limiter of a group of names, such as keys or addresses; each group has its own windows.
 * Always use the same limit for the same name.
 */
export type RateLimiters = (group: string, limit: RateLimit) => RateLimiter

/**
 * What clients are told of a window: `used` slots, of which the oldest frees in `waitMs`, 0 with none taken.
 * Both times are rounded up: at the second we name, the slot is free.
 */
export function rateLimitState(
  now: number,
  { max }: RateLimit,
  { used, waitMs }: { used: number; waitMs: number },
): RateLimitState {
  return {
    limit: max,
    remaining: Math.max(0, max - used),
    reset: Math.ceil((now + waitMs) / 1000),
    retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
  }
}

/** A client that is refused outside a route; `authorization` holds all values of the header. */
export type Refused = { address: string; authorization: string[] }

/** "Every response includes" these three. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    [rateLimitHeader.limit]: String(state.limit),
    [rateLimitHeader.remaining]: String(state.remaining),
    [rateLimitHeader.reset]: String(state.reset),
  }
}
