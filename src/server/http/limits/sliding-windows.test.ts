import { testRateLimiters } from './rate-limiter.contract.ts'
import { createSlidingWindows } from './sliding-windows.ts'

testRateLimiters(async () => {
  // The wall clock and the monotonic one start at odd, unrelated times, as they do.
  const time = { now: 1_782_326_085_123, monotonic: 987_654.25 }
  const now = () => time.now
  const limiters = createSlidingWindows({ clock: { now, monotonic: () => time.monotonic } })
  return {
    both: [limiters, limiters],
    now,
    async pass(ms) {
      time.now += ms
      time.monotonic += ms
    },
    jump(ms) {
      time.now += ms
    },
    [Symbol.asyncDispose]: async () => {},
  }
})
