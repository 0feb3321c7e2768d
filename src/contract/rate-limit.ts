/** "60 requests per minute (a 60-second sliding window)", per key. */
export const rateLimitDefault = 60
export const rateLimitWindowSeconds = 60

/** On every answer, refused ones too; `retryAfter` on 429 alone. Lower case, as Fetch and Node give them. */
export const rateLimitHeader = {
  limit: 'x-ratelimit-limit',
  remaining: 'x-ratelimit-remaining',
  /** Unix epoch second when a slot frees, by the server's clock. */
  reset: 'x-ratelimit-reset',
  retryAfter: 'retry-after',
} as const

/** The window as the headers tell it; `resetAt` in epoch seconds, `retryAfter` in seconds. */
export type RateLimitReading = {
  limit: number
  remaining: number
  resetAt: number
  retryAfter: number | null
}

/** Reads the headers through `get`; null where the answer did not carry them whole (a proxy's error page). */
export function readRateLimit(get: (name: string) => string | null): RateLimitReading | null {
  const limit = wholeNumber(get(rateLimitHeader.limit))
  const remaining = wholeNumber(get(rateLimitHeader.remaining))
  const resetAt = wholeNumber(get(rateLimitHeader.reset))
  if (limit === null || remaining === null || resetAt === null) return null
  return { limit, remaining, resetAt, retryAfter: wholeNumber(get(rateLimitHeader.retryAfter)) }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}
