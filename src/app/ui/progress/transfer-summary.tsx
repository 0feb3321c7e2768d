import { type ReactNode, useState } from 'react'
import { useTick } from '#app/lib/browser/use-now.ts'
import { shareOf } from '#app/lib/transfers/run-text.ts'
import type { TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'
import type { TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { ProgressBar, type ProgressTone } from './progress-row.tsx'

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
  /** `uploads` */
  noun: string
  /** What there is to say; asked for again each second. */
  words: () => string
  /** What a person should know about all of them; null mostly. */
  warning: string | null
  snapshot: TransfersSnapshot
  queue: {
    abortAll(): void
    pause(): void
    goOn(): void
    retryFailed(): void
    removeFailed(): void
    removeFinished(): void
  }
  /** A button beside the warning. */
  action?: ReactNode
  /** What `Retry all` does, if that is more than `queue.retryFailed`. */
  onRetryAll?: () => void
  /** What tells of the end where the page is hidden, and whether the end is far enough away for that. */
  notice: { canAsk(): boolean; ask(): Promise<boolean>; isUseful: boolean }
  /** What can be done with what arrived, once nothing is left to do. */
  receipt: ReactNode
}

/** Stands above a list of transfers: the sums, and what to do with many at once. */
export function TransferSummary(props: TransferSummaryProps) {
  const { noun, words, warning, action, snapshot } = props
  const { run, isPausedByHand, isPaused } = snapshot
  const isRunning = snapshot.totals.unfinished > 0
  // Time passes also while nothing moves.
  useTick(isRunning && !isPausedByHand ? 1_000 : null)
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-line border-b px-4 py-1">
      {isRunning && run.totals.all > 1 && (
        <ProgressBar
          label={`Progress of all ${noun}`}
          value={shareOf(run)}
          tone={isPausedByHand || isPaused ? 'idle' : 'accent'}
          className="w-32 shrink-0 max-sm:w-full"
        />
      )}
      <p className="min-w-0 grow basis-40 text-muted text-sm">{words()}</p>
      <Actions {...props} />
      {(warning !== null || action) && (
        <div className="flex basis-full flex-wrap items-center gap-x-3">
          <p className="min-w-0 text-sm">{warning}</p>
          {action}
        </div>
      )}
    </div>
  )
}

function Actions({ snapshot, queue, notice, receipt, onRetryAll }: TransferSummaryProps) {
  const { totals, isPausedByHand } = snapshot
  const finished = totals.done + totals.failed + totals.cancelled
  const stranded = totals.failed + totals.interrupted
  const isRunning = totals.unfinished > 0
  const retryAll = onRetryAll ?? (() => queue.retryFailed())
  return (
    <div className="flex flex-wrap items-center gap-x-1">
      {(isRunning || isPausedByHand) && (
        // One button, so that the keyboard stays on it.
        <Action
          name={isPausedByHand ? 'Resume' : 'Pause'}
          onClick={() => (isPausedByHand ? queue.goOn() : queue.pause())}
        />
      )}
      {isRunning && !isPausedByHand && notice.isUseful && <NoticeButton notice={notice} />}
      {totals.unfinished > 1 && <Action name="Stop all" onClick={() => queue.abortAll()} />}
      {stranded > 1 && (
        <>
          <Action name="Retry all" onClick={retryAll} />
          <Action name="Dismiss all" onClick={() => queue.removeFailed()} />
        </>
      )}
      {!isRunning && totals.done > 0 && receipt}
      {finished > 0 && <Action name="Clear finished" onClick={() => queue.removeFinished()} />}
    </div>
  )
}

/** Asks for permission when it is of use, and never by itself. */
function NoticeButton({ notice }: Pick<TransferSummaryProps, 'notice'>) {
  const [, drawAgain] = useState(0)
  if (!notice.canAsk()) return null
  const handleClick = async () => {
    const isAllowed = await notice.ask()
    drawAgain((times) => times + 1)
    announce(
      isAllowed
        ? 'You will be told, also when you look at something else.'
        : 'This browser does not allow it. Its settings for this page can change that.',
    )
  }
  return <Action name="Tell me when it is done" onClick={() => void handleClick()} />
}

/** A button of the summary. */
export function Action({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button tone="quiet" size="small" onClick={onClick}>
      {name}
    </Button>
  )
}
