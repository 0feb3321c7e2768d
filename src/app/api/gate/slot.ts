import type { Purpose } from './gated-request.ts'

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
