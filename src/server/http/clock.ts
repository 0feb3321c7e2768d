/**
 * The two times there are: `now()` is epoch milliseconds, for what people read; `monotonic()` is
 * milliseconds from an arbitrary start that no clock change moves, for everything that is measured.
 */
export type Clock = { now(): number; monotonic(): number }

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Epoch milliseconds as the API writes times: ISO 8601 in UTC, whole seconds, `+00:00`. */
export function isoTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}+00:00`
}
