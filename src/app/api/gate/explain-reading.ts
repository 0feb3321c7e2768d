import type { RateLimitReading } from '#contract/rate-limit.ts'
import { type Slot, windowMs } from './gated-request.ts'

export type Reading = {
  /** The slot of the request that was answered; none for a 429. */
  id: string | null
  sentAt: number
  receivedAt: number
  rateLimit: RateLimitReading
}

/** What one answer's headers prove. */
export type Facts = {
  /** Slots that the server counted. */
  taken: number
  /** Own sends that were in its window for certain, oldest first. */
  ownSure: Slot[]
  othersAtLeast: number
  othersAtMost: number
  /** Slots of others that are believed and may have been counted. */
  othersPossible: Slot[]
  /** Those that were noticed before the request started, first to free first. */
  othersEarlier: Slot[]
  /** The slot that `Reset` speaks of frees between these. */
  oldestFrees: { from: number; to: number }
}

/**
 * The server counted at an unknown moment between the request's start and the answer's arrival.
 * Every fact holds for all moments between: a late or out-of-order answer proves less, never
 * something wrong.
 */
export function explainReading(slots: readonly Slot[], reading: Reading): Facts {
  const { sentAt, receivedAt, rateLimit } = reading
  const taken = Math.max(0, rateLimit.limit - rateLimit.remaining)
  const own = slots.filter((slot) => slot.purpose !== 'other').sort((a, b) => a.sentAt - b.sentAt)
  const others = slots.filter((slot) => slot.purpose === 'other')
  const ownPossible = own.filter(
    (slot) => slot.sentAt <= receivedAt && (slot.endedAt ?? receivedAt) + windowMs >= sentAt,
  )
  const ownSure = ownPossible.filter(
    (slot) =>
      slot.isAccepted &&
      (slot.id === reading.id || (slot.endedAt ?? receivedAt) <= sentAt) &&
      slot.sentAt + windowMs > receivedAt,
  )
  return {
    taken,
    ownSure,
    othersAtLeast: Math.max(0, taken - ownPossible.length),
    othersAtMost: Math.max(0, taken - ownSure.length),
    othersPossible: others.filter((slot) => slot.freesAt > sentAt),
    othersEarlier: others
      .filter((slot) => slot.sentAt <= sentAt && slot.freesAt > receivedAt)
      .sort((a, b) => a.freesAt - b.freesAt),
    oldestFrees: boundOldest(ownPossible, ownSure, reading, taken),
  }
}

function boundOldest(possible: Slot[], sure: Slot[], reading: Reading, taken: number) {
  const bounds = { from: reading.sentAt, to: reading.receivedAt + windowMs }
  // Only where all that was counted is ours is the oldest slot's age known.
  if (taken > sure.length || taken === 0) return bounds
  const first = Math.min(...possible.map((slot) => slot.sentAt))
  const accepted = Math.min(...sure.map((slot) => slot.endedAt ?? reading.receivedAt))
  return {
    from: Math.max(bounds.from, first + windowMs),
    to: Math.min(bounds.to, accepted + windowMs),
  }
}

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
