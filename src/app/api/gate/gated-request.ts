import type { RateLimitReading } from '#contract/rate-limit.ts'

/** Who goes first: what a person waits for, the start of a transfer, polling, everything else. */
export type Lane = 'person' | 'transfer' | 'polling' | 'background'

/** What a request is for, as the popover draws the last 60 seconds. */
export type Purpose = 'browsing' | 'uploads' | 'imports' | 'account'

export type GateAsk = {
  lane: Lane
  purpose: Purpose
  /** Gives the place in the queue back; a request that is on its way is its sender's to stop. */
  signal?: AbortSignal
  /** Lower goes first inside the lane; without it, first come first served. */
  order?: () => number
}

/** What the gate reads from an answer; `rateLimit` is null where the headers were missing. */
export type GatedAnswer = {
  status: number
  rateLimit: RateLimitReading | null
  /** Seconds, for a proxy's 429 that has no other header. */
  retryAfter?: number | null
}
