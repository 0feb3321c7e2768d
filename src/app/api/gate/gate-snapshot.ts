import type { Lane, Purpose } from './gated-request.ts'
import { nextDeadline, windowMs } from './gated-request.ts'
import type { BrokerState } from './slot-broker.ts'
import { marginMs } from './window-log.ts'

export type GateSnapshot = {
  /** Requests allowed in 60 seconds, as the headers say. */
  limit: number
  /** Slots that are free now. */
  remaining: number
  /** When the next slot frees, by `gate.now()`; null while none is taken. */
  nextSlotAt: number | null
  /** Requests held back, by lane. */
  waiting: Record<Lane, number>
  /** How long the last of those waits from now, about. */
  waitsMs: number
  /** Until when a 429 closed the gate, by `gate.now()`; null while it is open. */
  closedUntil: number | null
  /** Slots that other programs took in the last 60 seconds. */
  otherPrograms: number
  /** How many 429s there were; goes up once a refusal, so that a person is told once. */
  refusals: number
  /** The last 60 seconds, oldest first; `at` by `gate.now()`. */
  recent: { at: number; purpose: Purpose | 'other' }[]
}

/** What the screen shows of the window at `now`. */
export function takeSnapshot(state: BrokerState, now: number): GateSnapshot {
  const { limit, slots } = state.log
  const taken = slots.filter((slot) => slot.freesAt > now)
  const waiting = Object.values(state.waiting).reduce((sum, count) => sum + count, 0)
  return {
    limit,
    remaining: Math.max(0, limit - taken.length),
    nextSlotAt: nextDeadline(
      now,
      taken.map((slot) => slot.freesAt),
    ),
    waiting: state.waiting,
    waitsMs: waiting === 0 ? 0 : estimateWaitMs(state, waiting, now),
    closedUntil: state.closedUntil !== null && state.closedUntil > now ? state.closedUntil : null,
    otherPrograms: taken.filter((slot) => slot.purpose === 'other').length,
    refusals: state.refusals,
    recent: slots
      .filter((slot) => slot.sentAt > now - windowMs)
      .map((slot) => ({ at: slot.sentAt, purpose: slot.purpose }))
      .sort((a, b) => a.at - b.at),
  }
}

/** When a snapshot that was taken at `now` stops being true by itself. */
export function changesAt({ log, closedUntil }: BrokerState, now: number): number | null {
  const moments = log.slots.map((slot) => slot.freesAt)
  if (closedUntil !== null) moments.push(closedUntil)
  return nextDeadline(now, moments)
}

/**
 * How long it takes until the last of `requests` transfers is sent, in ms, if nobody clicks: each slot
 * serves again a window after it was used, and one is kept for a person.
 */
export function estimateWaitMs(state: BrokerState, requests: number, now: number): number {
  if (requests < 1) return 0
  const { limit, slots } = state.log
  const usable = Math.max(1, limit - 1)
  const busy = slots
    .map((slot) => slot.freesAt - now)
    .filter((wait) => wait > 0)
    .sort((a, b) => a - b)
  const idle = Math.max(0, limit - busy.length)
  const last = requests - 1
  const cycles = Math.floor(last / usable)
  const wait = (busy[(last % usable) - idle] ?? 0) + cycles * (windowMs + marginMs)
  return Math.max(wait, (state.closedUntil ?? 0) - now)
}
