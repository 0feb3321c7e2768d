const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' })
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** A time as a list shows it, in the reader's time zone: `25 Jun 2026`, today's as `14:05`. */
export function formatDay(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return '–'
  const words = day.format(date)
  return words === day.format(now) ? `Today ${clockTime.format(date)}` : words
}

/** The whole time, for a tooltip; '' where the text is no time. */
export function formatExactTime(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? '' : exact.format(date)
}
