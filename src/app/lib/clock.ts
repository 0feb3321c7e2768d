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
