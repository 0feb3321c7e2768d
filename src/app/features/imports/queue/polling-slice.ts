import type { Clock } from '#app/lib/clock.ts'
import { pauseMs } from '#app/lib/retry.ts'

type PollingSliceOptions = {
  clock: Clock
  random: () => number
  /** Nobody looks at the page. */
  isHidden(): boolean
  /** Whether there is anything to ask for, and it is this tab's to ask. */
  isWanted(): boolean
  /** One request; false when it failed for now and the next one should wait longer. Must not throw. */
  poll(): Promise<boolean>
}

/** Twenty requests a minute for all tasks together; a third of that while nobody looks. */
const visibleIntervalMs = 3_000
const hiddenIntervalMs = 9_000

/**
 * One request at a time, each an interval after the one before: however many tasks there are and
 * however long the machine slept, there is never a burst.
 */
export function createPollingSlice(options: PollingSliceOptions) {
  const { clock, random, isHidden, isWanted, poll } = options
  let lastAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let isAsking = false
  let cancelTimer = () => {}

  function schedule() {
    cancelTimer()
    if (!isWanted()) return
    const interval = isHidden() ? hiddenIntervalMs : visibleIntervalMs
    const pause = failures === 0 ? 0 : pauseMs(failures + 1, random)
    const dueAt = lastAt + Math.max(interval, pause)
    cancelTimer = clock.after(Math.max(0, dueAt - clock.now()), () => void ask())
  }

  async function ask() {
    if (isAsking || !isWanted()) return
    isAsking = true
    lastAt = clock.now()
    const isAnswered = await poll()
    isAsking = false
    failures = isAnswered ? 0 : failures + 1
    schedule()
  }

  return {
    /** Something changed: a new task, another leader, a page that is seen again. */
    wake({ isConnectionBack = false } = {}) {
      if (isConnectionBack) failures = 0
      schedule()
    },
    stop: () => cancelTimer(),
  }
}
