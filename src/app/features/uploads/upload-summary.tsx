import { SummaryAction, TransferSummary } from '#app/ui/transfer-summary.tsx'
import type { UploadsSnapshot, UploadTotals } from './upload.ts'
import { forecastWords } from './upload-words.ts'

type UploadSummaryProps = {
  snapshot: UploadsSnapshot
  onStopAll: () => void
  onRetryAll: () => void
  onDismissAll: () => void
  onClear: () => void
}

/** What is still to come and what it will cost, and how the rest went; what to do with many at once. */
export function UploadSummary({ snapshot, ...actions }: UploadSummaryProps) {
  const { totals, isKept } = snapshot
  const finished = totals.done + totals.failed + totals.cancelled
  const stranded = totals.failed + totals.interrupted
  const warning = isKept || totals.unfinished === 0 ? null : notKept
  const wantsFiles = totals.interrupted > 1 ? filesGone : null
  return (
    <TransferSummary words={summaryWords(snapshot)} warning={warning ?? wantsFiles}>
      {totals.unfinished > 1 && <SummaryAction name="Stop all" onClick={actions.onStopAll} />}
      {stranded > 1 && (
        <>
          <SummaryAction name="Retry all" onClick={actions.onRetryAll} />
          <SummaryAction name="Dismiss all" onClick={actions.onDismissAll} />
        </>
      )}
      {finished > 0 && <SummaryAction name="Clear finished" onClick={actions.onClear} />}
    </TransferSummary>
  )
}

const notKept =
  'This browser keeps nothing for this page: a reload forgets what is not uploaded yet.'

const filesGone =
  'After a reload the files must be found again: drop them where they were dropped, or press Retry all and choose them, one folder at a time.'

function summaryWords({ totals, forecast, isPaused }: UploadsSnapshot): string {
  if (totals.unfinished === 0) return outcomeWords(totals).join(' · ')
  const still = forecastWords(totals.unfinished, forecast) + (isPaused ? ' · paused' : '')
  return [still, ...outcomeWords({ ...totals, done: 0, cancelled: 0 })].join(' · ')
}

function outcomeWords(totals: UploadTotals): string[] {
  const parts = [
    [totals.done, 'done'],
    [totals.failed, 'failed'],
    [totals.cancelled, 'cancelled'],
    [totals.interrupted, 'interrupted'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en')} ${word}`)
}
