import type { Clock } from '#app/lib/clock.ts'
import type { RetryPause } from '#app/lib/retry.ts'

/** Lets everything run that waits for promises alone. */
export const settle = () => new Promise((resolve) => setTimeout(resolve))

/** A clock and pauses for a test to end; unlike `SimulatedClock` it jumps, as a machine that slept does. */
export function timeInHand() {
  const timers: { at: number; run: () => void }[] = []
  /** Each ends one pause, first come first. */
  const pauses: (() => Promise<void>)[] = []
  let now = 0

  const clock: Clock = {
    now: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run }
      timers.push(timer)
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1)
      }
    },
  }
  const retryPause: RetryPause = (_failures, signal) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      pauses.push(async () => {
        resolve(false)
        await settle()
      })
    })

  return {
    clock,
    retryPause,
    pauses,
    /** Moves the clock in one step and runs what is due. */
    async passTime(ms: number) {
      now += ms
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.run()
      }
      await settle()
    },
  }
}
