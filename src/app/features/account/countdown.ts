/**
 * Time left in words, for a line that ticks: `60 s`, `2 min 05 s`, `2 h 10 min`. Rounded up, so that
 * it never says 0 while something still waits; `now` and `until` on the same clock, in ms.
 */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  // A window is 60 seconds: its countdown never changes its form on the way.
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
