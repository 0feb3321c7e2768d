import { RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import { canRetry, type Upload } from '#app/features/uploads/upload.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { toneOf } from '#app/ui/progress/transfer-summary.tsx'
import { explain, nameOf, progressText, stateText } from './upload-text.ts'

type UploadRowProps = {
  upload: Upload
  onAbort: (id: string) => void
  onRetry: (upload: Upload) => void
  onOpenFolder: (path: string) => void
}

/** One upload. Renders again only when its own row changes. */
export const UploadRow = memo(function UploadRow(props: UploadRowProps) {
  const { upload, onAbort, onRetry, onOpenFolder } = props
  const { state, arrived } = upload
  const path = arrived?.folder ?? upload.folder
  const canAbort = isUnfinished(upload) || state === 'interrupted'
  const isRetryable = !isUnfinished(upload) && state !== 'done' && canRetry(upload)
  return (
    <ProgressRow
      name={nameOf(upload)}
      link={safeLink(arrived?.link)}
      place={{ path, onOpen: () => onOpenFolder(path) }}
      progress={{ value: shareOf(upload), tone: toneOf[state] }}
      words={[stateText[state], ...progressText(upload)]}
      explanation={explain(upload)}
    >
      {isRetryable && (
        <IconButton
          label="Retry"
          icon={<RotateCcw />}
          size="small"
          onClick={() => onRetry(upload)}
        />
      )}
      {canAbort && (
        // Stays while it is unavailable, so that the keyboard focus is not lost.
        <IconButton
          label="Cancel"
          icon={<X />}
          size="small"
          unavailableReason={upload.isAborting ? 'Finding out whether it arrived' : undefined}
          onClick={() => onAbort(upload.id)}
        />
      )}
    </ProgressRow>
  )
})

/** From 0 to 1. An empty file has no bytes to count. */
function shareOf({ state, size, sentBytes }: Upload): number {
  if (state === 'done') return 1
  return size === 0 ? 0 : sentBytes / size
}
