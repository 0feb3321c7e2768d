import { RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import { isUnfinished, type Upload, type UploadState } from '#app/features/uploads/model/upload.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { progressText, stateText } from './upload-text.ts'

type UploadRowProps = {
  upload: Upload
  onCancel: (id: string) => void
  onRetry: (upload: Upload) => void
  onOpenFolder: (path: string) => void
}

const tones = {
  waiting: 'idle',
  sending: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'idle',
  interrupted: 'idle',
} as const satisfies Record<UploadState, string>

/** What one upload shows. Drawn again only when its own row changes. */
export const UploadRow = memo(function UploadRow(props: UploadRowProps) {
  const { upload, onCancel, onRetry, onOpenFolder } = props
  const { state, arrived, failure } = upload
  const path = arrived?.folder ?? upload.folder
  const canCancel = isUnfinished(upload) || state === 'interrupted'
  const canRetry = !isUnfinished(upload) && state !== 'done' && failure?.canRetry !== false
  return (
    <ProgressRow
      name={upload.name}
      link={safeLink(arrived?.link)}
      place={{ path, onOpen: () => onOpenFolder(path) }}
      progress={{ value: shareOf(upload), tone: tones[state] }}
      words={[stateText[state], ...progressText(upload)]}
      explanation={failure ?? explain(upload)}
    >
      {canRetry && (
        <IconButton
          label="Retry"
          icon={<RotateCcw />}
          size="small"
          onClick={() => onRetry(upload)}
        />
      )}
      {canCancel && (
        // Reachable while it is found out what arrived: the keyboard's place must not go with it.
        <IconButton
          label="Cancel"
          icon={<X />}
          size="small"
          unavailableReason={upload.isCancelling ? 'Finding out whether it arrived' : undefined}
          onClick={() => onCancel(upload.id)}
        />
      )}
    </ProgressRow>
  )
})

function explain({ name, size, arrived, note }: Upload): { reason: string } | null {
  if (note !== null) return { reason: note }
  const isRenamed = arrived !== null && arrived.file_name !== name
  if (isRenamed) return { reason: `${name} was taken: it is stored as ${arrived.file_name}.` }
  // Pipes and devices arrive like this, and the browser tells them apart from an empty file by nothing.
  return arrived !== null && size === 0
    ? { reason: 'It is empty: this computer gave 0 bytes of it.' }
    : null
}

/** An empty file has nothing to send: it is whole when it is there. */
function shareOf({ state, size, sentBytes }: Upload): number {
  if (state === 'done') return 1
  return size === 0 ? 0 : sentBytes / size
}
