const numbers = new Intl.NumberFormat('en')
const plurals = new Intl.PluralRules('en')

/** A whole number for people: `2,143`. */
export function formatNumber(amount: number): string {
  return numbers.format(amount)
}

/** The form that goes with the amount, `#` in it being the number: `1 request waits`, `12 requests wait`. */
export function plural(amount: number, forms: { one: string; other: string }): string {
  return forms[plurals.select(amount) === 'one' ? 'one' : 'other'].replace(
    '#',
    numbers.format(amount),
  )
}

/** `1 folder`, `2,143 files`: for nouns whose plural only adds an s. */
export function count(amount: number, noun: string): string {
  return plural(amount, { one: `# ${noun}`, other: `# ${noun}s` })
}

/** `61 %`, rounded down: `100 %` is all of it. */
export function formatPercent(percent: number): string {
  return `${numbers.format(Math.floor(percent))} %`
}

const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/**
 * A size for people, in powers of 1000 as disks and browsers count: `734 MB`, `1.2 GB`, `512 bytes`.
 * Anything that is no size (NaN, negative, infinite) is a dash.
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  if (bytes < 1000) return count(Math.floor(bytes), 'byte')
  let value = bytes
  let unit = 0
  // 999.5 would be written as 1000 of the smaller unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  // A hostile listing may claim any number: it must still fit its column.
  if (value >= 999.5) return `over 999 ${units[unit]}`
  // Without `Intl`, which would take longer than all else in a row: it writes the same.
  return `${value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value)} ${units[unit]}`
}

/**
 * A limit as it was set: `2 GiB` where it is a round number of binary units, which limits mostly are.
 * Rounding 2147483648 to `2.1 GB` would promise more than is taken.
 */
export function formatLimit(bytes: number): string {
  if (bytes > 0 && bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30} GiB`
  if (bytes > 0 && bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`
  return formatBytes(bytes)
}

/** Whole seconds for people, rounded to what matters: `8 s`, `3 min`, `1 h 5 min`, `2 days`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
  return `${Math.round(hours / 24)} days`
}

const month = new Intl.DateTimeFormat('en-GB', { month: 'short' })
const months = Array.from({ length: 12 }, (_, index) => month.format(new Date(2000, index, 15)))
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' })
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** A time as a list shows it, in the reader's time zone: `25 Jun 2026`, today's as `14:05`. */
export function formatDay(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return '–'
  if (date.toDateString() === now.toDateString()) return `Today ${clockTime.format(date)}`
  // By hand: `Intl` would take longer than all else in a row.
  return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`
}

/** The whole time, for a tooltip; '' where the text is no time. */
export function formatExactTime(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? '' : exact.format(date)
}

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
