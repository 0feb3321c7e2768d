/** The first of `moments` that is still to come at `now`; null if none is. */
export function earliestAfter(now: number, moments: readonly number[]): number | null {
  let earliest: number | null = null
  for (const moment of moments) {
    if (moment > now && (earliest === null || moment < earliest)) earliest = moment
  }
  return earliest
}
