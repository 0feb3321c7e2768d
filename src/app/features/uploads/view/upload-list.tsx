import { CloudUpload, LockKeyhole } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { missingScope } from '#app/api/http/scopes.ts'
import type { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import type { Upload, UploadsSnapshot } from '#app/features/uploads/upload.ts'
import { useSnapshot } from '#app/lib/store.ts'
import type { TransferState } from '#app/lib/transfers/transfer-rows.ts'
import { announce } from '#app/ui/announcer.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { MeasuredList, useKeptFocus } from '#app/ui/progress/measured-list.tsx'
import { outcomeText, TransferSummary } from '#app/ui/progress/transfer-summary.tsx'
import { forecastUploads, type UploadForecast } from './upload-forecast.ts'
import { UploadRow } from './upload-row.tsx'
import { forecastText, foundAgainText, nameOf } from './upload-text.ts'

export type UploadListProps = {
  queue: UploadQueue
  /** False if the key lacks the scope `upload`; the empty list says so. */
  canUpload: boolean
  onOpenFolder: (path: string) => void
}

/** The tab `Uploads`. Fills its parent's height and scrolls. */
export function UploadList({ queue, canUpload, onOpenFolder }: UploadListProps) {
  const snapshot = useSnapshot(queue)
  const rows = useMemo(() => orderUploads(snapshot.rows), [snapshot.rows])
  const handleRetryAll = async () => {
    queue.retryFailed()
    const interrupted = rows.filter(({ state }) => state === 'interrupted')
    // Files of several folders can only be chosen together by choosing a folder above them.
    const folders = new Set(interrupted.map(({ folder }) => folder))
    if (folders.size === 0) return
    const chosen = await chooseFiles(folders.size > 1 ? 'folder' : 'files')
    const found = queue.resume(
      chosen.map((file) => ({ file, path: file.webkitRelativePath || file.name })),
    )
    announce(foundAgainText(found, queue.getSnapshot().totals.interrupted))
  }
  // Stable, because rows render again only when their props change.
  const handleAbort = useCallback((id: string) => queue.abort(id), [queue])
  const handleRetry = useCallback(
    async ({ id, state }: Upload) => {
      const [file] = state === 'interrupted' ? await chooseFiles('file') : []
      queue.retry(id, file)
    },
    [queue],
  )
  const keptFocus = useKeptFocus()
  if (snapshot.rows.length === 0) return <NoUploads canUpload={canUpload} />
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <TransferSummary
        words={summaryText(snapshot, forecastUploads(snapshot.rows, queue.gate))}
        warning={warningText(snapshot)}
        totals={snapshot.totals}
        queue={queue}
        onRetryAll={() => void handleRetryAll()}
      />
      <MeasuredList
        items={rows}
        keyOf={(upload) => upload.id}
        nameOf={nameOf}
        renderRow={(upload) => (
          <UploadRow
            upload={upload}
            onAbort={handleAbort}
            onRetry={handleRetry}
            onOpenFolder={onOpenFolder}
          />
        )}
      />
    </div>
  )
}

function NoUploads({ canUpload }: { canUpload: boolean }) {
  return canUpload ? (
    <EmptyState icon={<CloudUpload />} title="No uploads yet">
      Drop files or folders anywhere, or press Upload.
    </EmptyState>
  ) : (
    <EmptyState icon={<LockKeyhole />} title={missingScope.upload.title}>
      {missingScope.upload.reason}
    </EmptyState>
  )
}

const notKept =
  'This browser keeps nothing for this page: a reload forgets what is not uploaded yet.'

const filesGone =
  'After a reload the files must be found again: drop them where they were dropped, or press Retry all and choose them, one folder at a time.'

function warningText({ totals, isKept }: UploadsSnapshot): string | null {
  if (!isKept && totals.unfinished > 0) return notKept
  return totals.interrupted > 1 ? filesGone : null
}

/** How much is left, and how the rest went. */
function summaryText(
  { totals, isPaused }: UploadsSnapshot,
  forecast: UploadForecast | null,
): string {
  if (totals.unfinished === 0) return outcomeText(totals).join(' · ')
  const still = forecastText(totals.unfinished, forecast) + (isPaused ? ' · paused' : '')
  return [still, ...outcomeText({ ...totals, done: 0, cancelled: 0 })].join(' · ')
}

/** What runs and what failed stays in sight above thousands that wait. */
const order: readonly TransferState[] = [
  'running',
  'failed',
  'waiting',
  'interrupted',
  'done',
  'cancelled',
]

/** By state, then in the order they were added. */
export function orderUploads(uploads: readonly Upload[]): readonly Upload[] {
  const byState = Object.groupBy(uploads, (upload) => upload.state)
  return order.flatMap((state) => byState[state] ?? [])
}
