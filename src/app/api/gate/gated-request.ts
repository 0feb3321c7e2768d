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

export const windowMs = 60_000

/** One slot of the window, as far as this side can know. Times in ms by the app's clock. */
export type Slot = {
  id: string
  purpose: Purpose | 'other'
  /** For `other`: when it was noticed, which is at or after the server accepted it. */
  sentAt: number
  /** For `other`: the newest answer before that, which had not counted it yet. */
  since?: number
  /** When the answer came or the connection broke; null while it is on its way. */
  endedAt: number | null
  /** The server accepted it for certain: it answered, and not with a 429. */
  isAccepted: boolean
  /** When it is surely free again. */
  freesAt: number
}

/** The same slots by a clock that is `by` ms ahead. */
export function shiftSlots(slots: readonly Slot[], by: number): Slot[] {
  return slots.map((slot) => ({
    ...slot,
    sentAt: slot.sentAt + by,
    ...(slot.since === undefined ? {} : { since: slot.since + by }),
    endedAt: slot.endedAt === null ? null : slot.endedAt + by,
    freesAt: slot.freesAt + by,
  }))
}

/** The first of `moments` that is still to come at `now`; null if none is. */
export function nextDeadline(now: number, moments: readonly number[]): number | null {
  let earliest: number | null = null
  for (const moment of moments) {
    if (moment > now && (earliest === null || moment < earliest)) earliest = moment
  }
  return earliest
}
