import { useSyncExternalStore } from 'react'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { useTick } from '#app/lib/use-tick.ts'
import { Meter } from '#app/ui/meter.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { tooltipProps } from '#app/ui/tooltip.tsx'
import { isMoving, rateAnnouncement, shortRateLine } from './rate-words.ts'
import { RequestChartOnDemand } from './request-chart-on-demand.tsx'

/** The meter `Requests left` for the head of a narrow page: a ring and a word; all of it opens the chart. */
export function CompactRateMeter({ gate }: { gate: RateLimitGate }) {
  const snapshot = useSyncExternalStore(gate.subscribe, gate.getSnapshot)
  useTick(isMoving(snapshot) ? 1000 : null)
  const { remaining, limit, closedUntil } = snapshot
  return (
    <div className="relative flex h-8 shrink-0 touch-target items-center justify-center gap-1.5 px-1.5">
      <Meter
        label="Requests left"
        value={remaining}
        max={limit}
        valueText={`${remaining} of ${limit}`}
        isLow={remaining === 0 || closedUntil !== null}
        appearance="ring"
      />
      <span aria-hidden="true" className="text-muted text-sm">
        {shortRateLine(snapshot, gate.now())}
      </span>
      <Popover
        label="Requests of the last minute"
        align="end"
        trigger={
          // Over the meter instead of around it: what is inside a button has no role of its own.
          <button
            type="button"
            aria-label="Requests of the last minute"
            {...tooltipProps('Requests of the last minute')}
            className="absolute inset-0 rounded-md"
          />
        }
      >
        <RequestChartOnDemand gate={gate} />
      </Popover>
      <p role="status" className="sr-only">
        {rateAnnouncement(snapshot)}
      </p>
    </div>
  )
}
