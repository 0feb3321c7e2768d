import { FolderOpen, RotateCcw, X } from 'lucide-react'
import { memo } from 'react'
import { safeLink } from '#app/lib/safe-link.ts'
import { IconButton } from '#app/ui/icon-button.tsx'
import { ProgressRow } from '#app/ui/progress-row.tsx'
import { type ImportJob, type ImportState, isUnfinished } from './import-job.ts'
import { nameOf, progressWords } from './import-words.ts'
import { nextStepOf } from './next-step.ts'

type ImportRowProps = {
  job: ImportJob
  onCancel: (id: string) => void
  onRetry: (id: string) => void
  onOpenFolder: (path: string) => void
}

const tones = {
  waiting: 'idle',
  running: 'accent',
  done: 'success',
  failed: 'danger',
  cancelled: 'idle',
} as const satisfies Record<ImportState, string>

/** What one import shows. Drawn again only when its own row changes. */
export const ImportRow = memo(function ImportRow(props: ImportRowProps) {
  const { job, onCancel, onRetry, onOpenFolder } = props
  const { id, state, folder, failure, note } = job
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <ProgressRow
      name={nameOf(job)}
      // Stored text is as untrusted as the server's: anybody at this browser may have changed it.
      link={safeLink(job.fileLink)}
      place={folder === null ? null : { path: folder, onOpen: () => onOpenFolder(folder) }}
      progress={{ value: shareOf(job), tone: tones[state] }}
      words={progressWords(job)}
      explanation={
        failure
          ? { reason: failure.reason, nextStep: nextStepOf(failure) }
          : note === null
            ? null
            : { reason: note }
      }
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
        <IconButton label="Cancel" icon={<X />} size="small" onClick={() => onCancel(id)} />
      )}
    </ProgressRow>
  )
})

/** How far it is, from 0 to 1; null while it runs and the server does not say. */
function shareOf({ state, percent }: ImportJob): number | null {
  if (state === 'done') return 1
  if (state === 'running' && percent === null) return null
  return (percent ?? 0) / 100
}
