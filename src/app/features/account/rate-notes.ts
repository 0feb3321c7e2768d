import type { GateSnapshot } from '#app/api/gate/gate-snapshot.ts'
import { countdown } from './countdown.ts'
import { countWaiting } from './rate-words.ts'

/** What the popover says about the state, one sentence each; none while all is quiet. */
export function rateNotes(snapshot: GateSnapshot, now: number): string[] {
  const notes: string[] = []
  const { closedUntil, otherPrograms } = snapshot
  if (closedUntil !== null && closedUntil > now) {
    notes.push(
      `The server refused a request and asked for a pause of ${countdown(closedUntil, now)}. Nothing is lost.`,
    )
  }
  const waiting = countWaiting(snapshot)
  if (waiting > 0) {
    const last = countdown(now + snapshot.waitsMs, now)
    notes.push(
      waiting === 1
        ? `1 request waits and goes out in ${last}.`
        : `${waiting} requests wait. The last of them goes out in ${last}.`,
    )
  }
  if (otherPrograms > 0) {
    notes.push('Another program uses this key too. Its requests come out of the same limit.')
  }
  return notes
}
