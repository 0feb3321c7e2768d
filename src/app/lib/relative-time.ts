const timeUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/**
 * How far `time` is from `now` (both epoch ms) in words: `in 6 days`, `3 hours ago`, `just now`.
 * Rounded toward `now`: what ends in 47 hours is never said to last 2 days.
 */
export function relativeTime(time: number, now: number): string {
  const span = time - now
  // A server may send anything for a time.
  if (!Number.isFinite(span)) return 'at an unknown time'
  for (const [unit, ms] of timeUnits) {
    const count = Math.trunc(span / ms)
    if (count !== 0) return words.format(count, unit)
  }
  return span > 0 ? 'in less than a minute' : 'just now'
}
