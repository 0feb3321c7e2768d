/** Monotonic time: a wall clock that is wrong or jumps does no harm. */
export type Clock = {
  /** Ms since some fixed moment; never goes back. */
  now(): number
  /** Calls `run` after `delayMs`; the answer cancels that. */
  after(delayMs: number, run: () => void): () => void
}

// Longer delays overflow the browser's 32-bit timer, which then fires at once.
const longestTimerMs = 2_147_483_647

export const browserClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestTimerMs))
    return () => clearTimeout(timer)
  },
}

/**
 * Calls `run` at once, or as soon as `intervalMs` have passed since the last time: what is asked for in
 * between is done together. `stop` forgets what was asked for.
 */
export function atMostEvery(clock: Clock, intervalMs: number, run: () => void) {
  let lastAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | null = null
  const runNow = () => {
    cancel = null
    lastAt = clock.now()
    run()
  }
  return {
    ask() {
      if (cancel) return
      const waitMs = lastAt + intervalMs - clock.now()
      if (waitMs <= 0) runNow()
      else cancel = clock.after(waitMs, runNow)
    },
    stop() {
      cancel?.()
      cancel = null
    },
  }
}
