import { Button } from '#app/ui/button.tsx'
import type { UploadsSnapshot } from './upload.ts'
import { forecastWords } from './upload-words.ts'

type UploadSummaryProps = {
  snapshot: UploadsSnapshot
  onStopAll: () => void
  onClear: () => void
}

/** What is still to come and what it will cost; when all is over, how it went. */
export function UploadSummary({ snapshot, onStopAll, onClear }: UploadSummaryProps) {
  const { totals, forecast, isPaused } = snapshot
  const finished = totals.done + totals.failed + totals.cancelled
  const words =
    totals.unfinished > 0
      ? forecastWords(totals.unfinished, forecast) + (isPaused ? ' · paused' : '')
      : outcomeWords(totals)
  return (
    <div className="flex min-h-9 shrink-0 items-center gap-3 border-line border-b px-4 py-1">
      <p className="min-w-0 grow text-muted text-sm">{words}</p>
      {totals.unfinished > 1 && (
        <Button tone="quiet" size="small" onClick={onStopAll}>
          Stop all
        </Button>
      )}
      {finished > 0 && (
        <Button tone="quiet" size="small" onClick={onClear}>
          Clear finished
        </Button>
      )}
    </div>
  )
}

function outcomeWords(totals: UploadsSnapshot['totals']): string {
  const parts = [
    [totals.done, 'done'],
    [totals.failed, 'failed'],
    [totals.cancelled, 'cancelled'],
    [totals.interrupted, 'interrupted'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en')} ${word}`)
    .join(' · ')
}
