import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'
import { plural } from '#app/lib/format.ts'

/** Requests that the gate holds back, of all lanes. */
export function countWaiting({ waiting }: GateSnapshot): number {
  return Object.values(waiting).reduce((sum, count) => sum + count, 0)
}

/** Whether requests stand still: the line under the figures counts down then. */
export function isHeldBack(snapshot: GateSnapshot): boolean {
  return snapshot.closedUntil !== null || countWaiting(snapshot) > 0
}

/** Whether anything in the meter changes with time alone. */
export function isMoving(snapshot: GateSnapshot): boolean {
  return snapshot.nextSlotAt !== null || snapshot.closedUntil !== null
}

/** The line under the figures: what matters most of what is going on. `now` by the gate's clock. */
export function rateLine(snapshot: GateSnapshot, now: number): string {
  const { closedUntil, nextSlotAt, otherPrograms } = snapshot
  if (closedUntil !== null && closedUntil > now) {
    return `Paused · goes on in ${countdown(closedUntil, now)}`
  }
  const waiting = countWaiting(snapshot)
  if (waiting > 0) {
    const next = nextSlotAt === null ? 'soon' : `in ${countdown(nextSlotAt, now)}`
    return `${plural(waiting, { one: '# request waits', other: '# requests wait' })} · next ${next}`
  }
  if (otherPrograms > 0) return `Another program used ${otherPrograms}`
  return 'requests left this minute'
}

/** The same in a few characters, for the head of a narrow page: `47`, `12 wait`, `24 s`. */
export function shortRateLine(snapshot: GateSnapshot, now: number): string {
  if (snapshot.closedUntil !== null) return countdown(snapshot.closedUntil, now)
  const waiting = countWaiting(snapshot)
  return waiting > 0 ? `${waiting} wait` : String(snapshot.remaining)
}

/**
 * What a screen reader hears when the state changes: no figures, or it would speak every second.
 * A pause that the server asked for is told once, here and in the line.
 */
export function rateAnnouncement(snapshot: GateSnapshot): string {
  if (snapshot.closedUntil !== null) {
    return 'The server asked for a pause. Everything goes on by itself.'
  }
  return countWaiting(snapshot) > 0 ? 'Requests wait for the rate limit.' : ''
}

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
