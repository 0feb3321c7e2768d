/** Statuses of what may be gone in a moment: too busy, starting anew, or not ready yet. */
const transientStatuses = new Set([202, 408, 425, 429, 500, 502, 503, 504])

export function isTransientStatus(status: number): boolean {
  return transientStatuses.has(status)
}

type Headers = { 'retry-after'?: string | undefined; date?: string | undefined }

/**
 * How long a source asks to wait, in milliseconds, null where it does not say. "A date, or a number of
 * seconds"; a date is held against the source's own clock, which may be wrong by hours.
 */
export function readRetryAfter(headers: Headers, now: number): number | null {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const until = Date.parse(text)
  if (Number.isNaN(until)) return null
  const told = Date.parse(headers.date ?? '')
  return Math.max(0, until - (Number.isNaN(told) ? now : told))
}
