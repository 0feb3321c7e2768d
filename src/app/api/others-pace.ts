import { type Slot, windowMs } from './explain-reading.ts'

const recentMs = 15_000
const halfLifeMs = 30_000
// One request in three minutes and a bit: as good as none.
const negligible = 0.3 / windowMs

/** How fast other programs use the window. */
export class OthersPace {
  #pace = 0
  #at = 0

  /**
   * Requests per ms at `now`. A program that pauses is not gone: what it did is forgotten by half in 30 s.
   */
  at(now: number, others: readonly Slot[], heardAt: number | null): number {
    const remembered = this.#pace * 2 ** (-(now - this.#at) / halfLifeMs)
    const pace = Math.max(measurePace(others, heardAt), remembered)
    this.#pace = pace < negligible ? 0 : pace
    this.#at = now
    return this.#pace
  }
}

/**
 * From the slots of theirs that the headers betrayed: the faster of their last minute and of the 15 s
 * before `heardAt`, for they may just have begun. What was noticed at once may have been sent at any
 * time since the answer before.
 */
function measurePace(others: readonly Slot[], heardAt: number | null): number {
  if (others.length === 0 || heardAt === null) return 0
  let recent = 0
  for (const { since = 0, sentAt } of others) {
    const overlap = Math.min(sentAt, heardAt) - Math.max(since, heardAt - recentMs)
    recent += Math.max(0, overlap) / Math.max(1, sentAt - since)
  }
  return Math.max(others.length / windowMs, recent / recentMs)
}
