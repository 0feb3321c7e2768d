import { ChartColumn } from 'lucide-react'
import { Suspense } from 'react'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { useTick } from '#app/lib/browser/use-now.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { IconButton } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Popover } from '#app/ui/overlay/triggers.tsx'
import { Meter } from '#app/ui/progress/meter.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import {
  countdown,
  isHeldBack,
  isMoving,
  rateAnnouncement,
  rateLine,
  shortRateLine,
} from './rate-text.ts'

type RateMeterProps = { gate: RateLimitGate }

/** The meter `Requests left`, what waits and for how long, and a button for the last minute drawn. */
export function RateMeter({ gate }: RateMeterProps) {
  const snapshot = useSnapshot(gate)
  useTick(isMoving(snapshot) ? 1000 : null)
  const { remaining, limit, nextSlotAt } = snapshot
  const now = gate.now()
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2.5">
      <Meter
        label="Requests left"
        value={remaining}
        max={limit}
        valueText={`${remaining} of ${limit}`}
        isLow={remaining === 0 || snapshot.closedUntil !== null}
        appearance="ring"
        className="row-span-2"
      />
      {/* What does not fit beside the figures wraps out of sight whole: half of it would say nothing. */}
      <p className="flex h-5 flex-wrap items-baseline gap-x-2 overflow-hidden">
        <span className="whitespace-nowrap font-medium">
          {remaining} of {limit}
        </span>
        {nextSlotAt !== null && !isHeldBack(snapshot) && (
          <span className="ml-auto whitespace-nowrap text-faint text-xs leading-5">
            +1 in {countdown(nextSlotAt, now)}
          </span>
        )}
      </p>
      <Popover
        label="Requests of the last minute"
        side="top"
        trigger={
          <IconButton
            size="small"
            label="Requests of the last minute"
            icon={<ChartColumn />}
            className="-my-1"
          />
        }
      >
        <RequestChartOnDemand gate={gate} />
      </Popover>
      <p className="col-span-2 col-start-2 truncate text-muted text-xs">
        {rateLine(snapshot, now)}
      </p>
      <p role="status" className="sr-only">
        {rateAnnouncement(snapshot)}
      </p>
    </div>
  )
}

/** The meter `Requests left` for the head of a narrow page: a ring and a word; all of it opens the chart. */
export function CompactRateMeter({ gate }: { gate: RateLimitGate }) {
  const snapshot = useSnapshot(gate)
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

const RequestChart = lazyPart(async () => (await import('./request-chart.tsx')).RequestChart)

/** The chart of the last minute, got when somebody looks; room for it is kept from the start. */
function RequestChartOnDemand({ gate }: { gate: RateLimitGate }) {
  return (
    <Suspense fallback={<Skeleton className="h-64 w-full" />}>
      <RequestChart gate={gate} />
    </Suspense>
  )
}
