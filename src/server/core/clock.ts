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
  const day = Math.floor(epochMs / dayMs)
  if (day !== writtenDay.day) writtenDay = { day, text: writeDay(day) }
  const second = Math.floor((epochMs - day * dayMs) / 1000)
  const minute = Math.floor(second / 60)
  return `${writtenDay.text}T${twoDigits[Math.floor(minute / 60)]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}+00:00`
}

const dayMs = 24 * 60 * 60 * 1000
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
/** Most times of a listing are of few days, and dates are what takes time to write. */
let writtenDay = { day: 0, text: '1970-01-01' }

function writeDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** Linux has an id for each boot; elsewhere monotonic times are not comparable between processes. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return randomUUID()
  }
}
