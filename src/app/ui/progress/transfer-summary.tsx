import type { ReactNode } from 'react'
import { formatNumber } from '#app/lib/format.ts'
import type { TransferState, TransferTotals } from '#app/lib/transfers/transfer-rows.ts'
import { Button } from '#app/ui/button.tsx'
import type { ProgressTone } from './progress-row.tsx'

/** The colour of a transfer's progress. */
export const toneOf: Record<TransferState, ProgressTone> = {
  waiting: 'idle',
  running: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'idle',
  interrupted: 'idle',
}

export type TransferSummaryProps = {
  words: string
  /** What a person should know about all of them; null mostly. */
  warning: string | null
  totals: TransferTotals
  queue: { abortAll(): void; retryFailed(): void; removeFailed(): void; removeFinished(): void }
  /** A button beside the warning. */
  action?: ReactNode
  /** What `Retry all` does, if that is more than `queue.retryFailed`. */
  onRetryAll?: () => void
}

/** Stands above a list of transfers: the sums, and what to do with many at once. */
export function TransferSummary(props: TransferSummaryProps) {
  const { words, warning, action, totals, queue, onRetryAll = () => queue.retryFailed() } = props
  const finished = totals.done + totals.failed + totals.cancelled
  const stranded = totals.failed + totals.interrupted
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-line border-b px-4 py-1">
      <p className="min-w-0 grow basis-40 text-muted text-sm">{words}</p>
      <div className="flex flex-wrap items-center gap-x-1">
        {totals.unfinished > 1 && <Action name="Stop all" onClick={() => queue.abortAll()} />}
        {stranded > 1 && (
          <>
            <Action name="Retry all" onClick={onRetryAll} />
            <Action name="Dismiss all" onClick={() => queue.removeFailed()} />
          </>
        )}
        {finished > 0 && <Action name="Clear finished" onClick={() => queue.removeFinished()} />}
      </div>
      {(warning !== null || action) && (
        <div className="flex basis-full flex-wrap items-center gap-x-3">
          <p className="min-w-0 text-sm">{warning}</p>
          {action}
        </div>
      )}
    </div>
  )
}

function Action({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button tone="quiet" size="small" onClick={onClick}>
      {name}
    </Button>
  )
}

type Outcome = Pick<TransferTotals, 'done' | 'failed' | 'cancelled' | 'interrupted'>

/** `3 done`, `1 failed`: how those went that do not run any more. */
export function outcomeText({ done, failed, cancelled, interrupted }: Outcome): string[] {
  return Object.entries({ done, failed, cancelled, interrupted })
    .filter(([, amount]) => amount > 0)
    .map(([state, amount]) => `${formatNumber(amount)} ${state}`)
}
