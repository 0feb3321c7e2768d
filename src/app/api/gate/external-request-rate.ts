import { type Slot, windowMs } from './gated-request.ts'

const recentMs = 15_000
const halfLifeMs = 30_000
// Two a minute: a program that was seen is expected back for a while, however quiet it has become.
const floorRate = 2 / windowMs
const floorMs = 600_000

/** How fast other programs use the window. */
export class ExternalRequestRate {
  #pace = 0
  #heardAt = Number.NEGATIVE_INFINITY
  #seenAt = Number.NEGATIVE_INFINITY

  /** What seemed to be another program was another tab. */
  forget(): void {
    this.#pace = 0
    this.#seenAt = Number.NEGATIVE_INFINITY
  }

  /**
   * Requests per ms at `now`. What a program did is forgotten by half in 30 s, that it exists in ten
   * minutes; while nothing is heard nothing is forgotten, for silence proves nothing.
   */
  at(now: number, others: readonly Slot[], heardAt: number | null): number {
    const measured = measureRequestRate(others, { now, heardAt })
    if (measured > 0) this.#seenAt = now
    const passed = Math.max(0, (heardAt ?? now) - this.#heardAt)
    const remembered = passed === 0 ? this.#pace : this.#pace * 2 ** (-passed / halfLifeMs)
    const least = now - this.#seenAt < floorMs ? floorRate : 0
    this.#pace = least === 0 ? 0 : Math.max(measured, remembered, least)
    this.#heardAt = heardAt ?? now
    return this.#pace
  }
}

/**
 * From the slots of theirs that the headers betrayed: the faster of their last minute, as far as it was
 * heard of, and of the 15 s before `heardAt`, for they may just have begun. What was noticed at once may
 * have been sent at any time since the answer before.
 */
function measureRequestRate(
  others: readonly Slot[],
  { now, heardAt }: { now: number; heardAt: number | null },
): number {
  if (others.length === 0 || heardAt === null) return 0
  let recent = 0
  for (const { since = 0, sentAt } of others) {
    const overlap = Math.min(sentAt, heardAt) - Math.max(since, heardAt - recentMs)
    recent += Math.max(0, overlap) / Math.max(1, sentAt - since)
  }
  const heardOfMs = Math.max(recentMs, windowMs - (now - heardAt))
  return Math.max(others.length / heardOfMs, recent / recentMs)
}
