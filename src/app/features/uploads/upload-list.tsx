import { useVirtualizer } from '@tanstack/react-virtual'
import { CloudUpload, LockKeyhole } from 'lucide-react'
import { useCallback, useRef } from 'react'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { Upload } from './upload.ts'
import type { UploadQueue } from './upload-queue.ts'
import { UploadRow } from './upload-row.tsx'
import { UploadSummary } from './upload-summary.tsx'
import { useChosenAgain } from './use-chosen-again.tsx'
import { useUploads } from './use-uploads.ts'

export type UploadListProps = {
  queue: UploadQueue
  /** False: the key lacks the scope `upload`, and the empty list says so. */
  canUpload: boolean
  onOpenFolder: (path: string) => void
}

const rowHeight = 45

/** The rows of the tab `Uploads`: fills its parent's height and scrolls by itself. */
export function UploadList({ queue, canUpload, onOpenFolder }: UploadListProps) {
  const snapshot = useUploads(queue)
  const { uploads } = snapshot
  const scrollRef = useRef<HTMLDivElement>(null)
  const { chooseAgain, input } = useChosenAgain((id, file) => queue.retry(id, file))
  const rows = useVirtualizer({
    count: uploads.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => uploads[index]?.id ?? index,
    overscan: 8,
  })
  const handleCancel = useCallback((id: string) => queue.cancel(id), [queue])
  const handleRetry = useCallback(
    (upload: Upload) =>
      upload.state === 'interrupted' ? chooseAgain(upload.id) : queue.retry(upload.id),
    [queue, chooseAgain],
  )
  if (uploads.length === 0) return <NoUploads canUpload={canUpload} />
  return (
    <div className="flex h-full min-h-0 flex-col">
      <UploadSummary snapshot={snapshot} onClear={() => queue.clearFinished()} />
      <div ref={scrollRef} className="scroll-area min-h-0 grow">
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const upload = uploads[index]
            return upload ? (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-label={upload.name}
                aria-posinset={index + 1}
                aria-setsize={uploads.length}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <UploadRow
                  upload={upload}
                  onCancel={handleCancel}
                  onRetry={handleRetry}
                  onOpenFolder={onOpenFolder}
                />
              </li>
            ) : null
          })}
        </ul>
      </div>
      {input}
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
