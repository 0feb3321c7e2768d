import { Suspense } from 'react'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'

const RequestChart = lazyPart(async () => (await import('./request-chart.tsx')).RequestChart)

/** The chart of the last minute, got when somebody looks; room for it is kept from the start. */
export function RequestChartOnDemand({ gate }: { gate: RateLimitGate }) {
  return (
    <Suspense fallback={<Skeleton className="h-64 w-full" />}>
      <RequestChart gate={gate} />
    </Suspense>
  )
}
