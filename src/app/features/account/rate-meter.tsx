import { ChartColumn } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { useTick } from '#app/lib/use-tick.ts'
import { IconButton } from '#app/ui/icon-button.tsx'
import { Meter } from '#app/ui/meter.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { countdown } from './countdown.ts'
import { isHeldBack, isMoving, rateAnnouncement, rateLine } from './rate-words.ts'
import { RequestChartOnDemand } from './request-chart-on-demand.tsx'

type RateMeterProps = { gate: RateLimitGate }

/** The meter `Requests left`, what waits and for how long, and a button for the last minute drawn. */
export function RateMeter({ gate }: RateMeterProps) {
  const snapshot = useSyncExternalStore(gate.subscribe, gate.getSnapshot)
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
