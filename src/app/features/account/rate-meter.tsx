import type { RateLimitGate } from '#app/api/rate-limit-gate.ts'

type RateMeterProps = { gate: RateLimitGate }

/** The meter `Requests left`: a button that opens the last minute by purpose. */
export function RateMeter({ gate }: RateMeterProps) {
  const { remaining, limit } = gate.getSnapshot()
  return (
    <meter aria-label="Requests left" value={remaining} max={limit}>
      {remaining} of {limit}
    </meter>
  )
}
