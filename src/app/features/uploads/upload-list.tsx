import { CloudUpload, LockKeyhole } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { announce } from '#app/ui/announcer.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { MeasuredList } from '#app/ui/measured-list.tsx'
import { useKeptFocus } from '#app/ui/use-kept-focus.ts'
import { orderUploads } from './order-uploads.ts'
import type { Upload } from './upload.ts'
import type { UploadQueue } from './upload-queue.ts'
import { UploadRow } from './upload-row.tsx'
import { UploadSummary } from './upload-summary.tsx'
import { foundAgainWords } from './upload-words.ts'
import { useChosenAgain } from './use-chosen-again.tsx'
import { useUploads } from './use-uploads.ts'

export type UploadListProps = {
  queue: UploadQueue
  /** False: the key lacks the scope `upload`, and the empty list says so. */
  canUpload: boolean
  onOpenFolder: (path: string) => void
}

/** The rows of the tab `Uploads`: fills its parent's height and scrolls by itself. */
export function UploadList({ queue, canUpload, onOpenFolder }: UploadListProps) {
  const snapshot = useUploads(queue)
  const rows = useMemo(() => orderUploads(snapshot.uploads), [snapshot.uploads])
  const { chooseAgain, chooseAllAgain, inputs } = useChosenAgain({
    onChosen: (id, file) => queue.retry(id, file),
    onAllChosen(files) {
      const found = queue.resume(files)
      announce(foundAgainWords(found, queue.getSnapshot().totals.interrupted))
    },
  })
  const handleRetryAll = () => {
    queue.retryFailed()
    const interrupted = rows.filter(({ state }) => state === 'interrupted')
    // One folder's files can be chosen together; those of several folders only with a folder around them.
    const folders = new Set(interrupted.map(({ folder }) => folder))
    if (folders.size > 0) chooseAllAgain(folders.size > 1)
  }
  // Rows are drawn again only when they change, so what they get must stay the same.
  const handleCancel = useCallback((id: string) => queue.cancel(id), [queue])
  const handleRetry = useCallback(
    (upload: Upload) =>
      upload.state === 'interrupted' ? chooseAgain(upload.id) : queue.retry(upload.id),
    [queue, chooseAgain],
  )
  const keptFocus = useKeptFocus()
  if (snapshot.uploads.length === 0) return <NoUploads canUpload={canUpload} />
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <UploadSummary
        snapshot={snapshot}
        onStopAll={() => queue.cancelAll()}
        onRetryAll={handleRetryAll}
        onDismissAll={() => queue.dismissAll()}
        onClear={() => queue.clearFinished()}
      />
      <MeasuredList
        items={rows}
        keyOf={(upload) => upload.id}
        nameOf={(upload) => upload.name}
        renderRow={(upload) => (
          <UploadRow
            upload={upload}
            onCancel={handleCancel}
            onRetry={handleRetry}
            onOpenFolder={onOpenFolder}
          />
        )}
      />
      {inputs}
    </div>
  )
}

function NoUploads({ canUpload }: { canUpload: boolean }) {
  return canUpload ? (
    <EmptyState icon={<CloudUpload />} title="No uploads yet">
      Drop files or folders anywhere, or press Upload.
    </EmptyState>
  ) : (
    <EmptyState icon={<LockKeyhole />} title="This key cannot upload">
      Uploading needs a key with the scope “upload”.
    </EmptyState>
  )
}
