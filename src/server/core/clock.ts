import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

/**
 * `now()` is epoch milliseconds, for what people read; `monotonic()` is milliseconds from an arbitrary
 * start, unaffected by clock changes, for everything that is measured.
 */
export type Clock = {
  now(): number
  monotonic(): number
  /** Monotonic times of two processes are comparable when their boot ids are equal. */
  bootId?: string
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Unlike `performance.now()` it does not start over with the process.
  monotonic() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1000 + nanoseconds / 1e6
  },
  bootId: readBootId(),
}

/** Epoch milliseconds as the API writes times: ISO 8601 in UTC, whole seconds, `+00:00`. */
export function isoTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}+00:00`
}

/** Linux has an id for each boot; elsewhere monotonic times are not comparable between processes. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return randomUUID()
  }
}
