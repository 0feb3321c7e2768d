/** How many bytes had been sent `at` a time in ms. */
export type ProgressSample = { at: number; bytes: number }

/** Long enough to smooth out Wi-Fi hiccups, short enough to follow a changing line. */
const speedWindowMs = 8_000
const shortestSpanMs = 400

/** Adds a sample and drops old ones. Fewer bytes than before mean a new try. */
export function addSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
): ProgressSample[] {
  const last = samples.at(-1)
  if (last && sample.bytes < last.bytes) return [sample]
  const kept = samples.filter(({ at }) => sample.at - at <= speedWindowMs)
  return [...kept, sample]
}

/** Average up to `now`, so that the speed falls while nothing moves; null until it can be told. */
export function bytesPerSecond(samples: readonly ProgressSample[], now: number): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return null
  const span = now - first.at
  if (span < shortestSpanMs) return null
  return ((last.bytes - first.bytes) * 1000) / span
}

/** Whole seconds until `bytesLeft` are sent; null if `speed` is null or 0. */
export function secondsForBytes(bytesLeft: number, speed: number | null): number | null {
  if (bytesLeft <= 0) return 0
  if (speed === null || speed <= 0) return null
  return Math.ceil(bytesLeft / speed)
}
