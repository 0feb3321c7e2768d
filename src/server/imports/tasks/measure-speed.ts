import type { Clock } from '#server/core/clock.ts'

/** Long enough to be smooth over the pieces of a stream, short enough to tell of a change. */
const spanMs = 5_000
const leastMs = 500

/**
 * Measures how fast bytes come in. Call what it returns with the sum so far; it answers with bytes a
 * second over the last seconds, null until that can be said.
 */
export function measureSpeed(clock: Pick<Clock, 'monotonic'>): (bytes: number) => number | null {
  let samples: { at: number; bytes: number }[] = []
  return (bytes) => {
    const at = clock.monotonic()
    const last = samples.at(-1)
    // It began anew: another try, or another part that counts for itself.
    if (last !== undefined && bytes < last.bytes) samples = []
    if (last === undefined || at - last.at >= spanMs / 50) samples.push({ at, bytes })
    while ((samples[1]?.at ?? at) <= at - spanMs) samples.shift()
    const [first] = samples
    if (first === undefined || at - first.at < leastMs) return null
    return ((bytes - first.bytes) / (at - first.at)) * 1000
  }
}
