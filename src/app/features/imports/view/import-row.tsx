import { FolderOpen, RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import type { ImportJob } from '#app/features/imports/queue/import-job.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { toneOf } from '#app/ui/progress/transfer-summary.tsx'
import { failureText, nameOf, noteText, progressText } from './import-text.ts'

type ImportRowProps = {
  job: ImportJob
  onAbort: (id: string) => void
  onRetry: (id: string) => void
  onOpenFolder: (path: string) => void
}

/** One import. Renders again only when its own row changes. */
export const ImportRow = memo(function ImportRow(props: ImportRowProps) {
  const { job, onAbort, onRetry, onOpenFolder } = props
  const { id, state, folder } = job
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <ProgressRow
      name={nameOf(job)}
      // Checked again: anybody at this browser may have changed what is stored.
      link={safeLink(job.fileLink)}
      place={folder === null ? null : { path: folder, onOpen: () => onOpenFolder(folder) }}
      progress={{ value: shareOf(job), tone: toneOf[state] }}
      words={progressText(job)}
      explanation={explain(job)}
    >
      {state === 'done' && folder !== null && (
        <IconButton
          label="Open folder"
          icon={<FolderOpen />}
          size="small"
          onClick={() => onOpenFolder(folder)}
        />
      )}
      {canRetry && (
        <IconButton label="Retry" icon={<RotateCcw />} size="small" onClick={() => onRetry(id)} />
      )}
      {isUnfinished(job) && (
        <IconButton label="Cancel" icon={<X />} size="small" onClick={() => onAbort(id)} />
      )}
    </ProgressRow>
  )
})

function explain({ failure, note }: ImportJob): { reason: string; nextStep?: string } | null {
  if (failure) return failureText(failure)
  const reason = note && noteText(note)
  return reason ? { reason } : null
}

/** Progress from 0 to 1; null while the server does not say. */
function shareOf({ state, percent }: ImportJob): number | null {
  if (state === 'done') return 1
  if (state === 'running' && percent === null) return null
  return (percent ?? 0) / 100
}
