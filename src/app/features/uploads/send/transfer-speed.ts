/** So many bytes had been sent at a time, in ms. */
export type ProgressSample = { at: number; bytes: number }

/** Long enough to smooth a Wi-Fi's hiccups, short enough to follow a line that changes. */
const speedWindowMs = 8_000
const shortestSpanMs = 400

/** `samples` and one more, without those that are too old to matter. A try from 0 starts anew. */
export function addSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
): ProgressSample[] {
  const last = samples.at(-1)
  if (last && sample.bytes < last.bytes) return [sample]
  const kept = samples.filter(({ at }) => sample.at - at <= speedWindowMs)
  return [...kept, sample]
}

/** Bytes per second over the samples, up to `now`: a line that stands still slows down. */
export function bytesPerSecond(samples: readonly ProgressSample[], now: number): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return null
  const span = now - first.at
  if (span < shortestSpanMs) return null
  return ((last.bytes - first.bytes) * 1000) / span
}

/** Whole seconds until `bytesLeft` are sent; null while the speed is not known. */
export function secondsForBytes(bytesLeft: number, speed: number | null): number | null {
  if (bytesLeft <= 0) return 0
  if (speed === null || speed <= 0) return null
  return Math.ceil(bytesLeft / speed)
}
