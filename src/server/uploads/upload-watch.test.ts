import { expect, test, vi } from 'vitest'
import { watchUpload } from './upload-watch.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Runs the guard for a client that sends `bytes` every `everyMs`; resolves with when it was cut off. */
function cutOffAt(client: { bytes: number; everyMs: number; untilMs: number }): number | null {
  vi.useFakeTimers()
  try {
    using watch = watchUpload(clock, { maxBytes: Infinity })
    for (let ms = 0; ms < client.untilMs; ms += client.everyMs) {
      vi.advanceTimersByTime(client.everyMs)
      if (watch.signal.aborted) return ms + client.everyMs
      watch.note(client.bytes)
    }
    return null
  } finally {
    vi.useRealTimers()
  }
}

test('who sends 1 kB a second may go on for hours', () => {
  expect(cutOffAt({ bytes: 1_020, everyMs: 1000, untilMs: 7_200_000 })).toBeNull()
})

test('who sends less is cut off once the first minute is over, and not before', () => {
  expect(cutOffAt({ bytes: 900, everyMs: 1000, untilMs: 7_200_000 })).toBe(61_000)
})

test('who pauses for longer than 30 seconds is cut off, however much came before', () => {
  expect(cutOffAt({ bytes: 1_000_000_000, everyMs: 30_000, untilMs: 600_000 })).toBeNull()
  expect(cutOffAt({ bytes: 1_000_000_000, everyMs: 32_000, untilMs: 600_000 })).toBe(32_000)
})

test('who has to wait for a slow disk is not cut off, and has 30 seconds once it goes on', () => {
  vi.useFakeTimers()
  using watch = watchUpload(clock, { maxBytes: Infinity })
  watch.note(1_000_000)
  watch.hold(true)
  vi.advanceTimersByTime(300_000)
  expect(watch.signal.aborted).toBe(false)
  watch.hold(false)
  vi.advanceTimersByTime(29_000)
  expect(watch.signal.aborted).toBe(false)
  vi.advanceTimersByTime(3_000)
  expect(watch.signal.aborted).toBe(true)
  vi.useRealTimers()
})
