import { RotateCcw, X } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { safeLink } from '#app/lib/safe-link.ts'
import { visibleName } from '#app/lib/visible-name.ts'
import { IconButton } from '#app/ui/icon-button.tsx'
import { NameText } from '#app/ui/name-text.tsx'
import { ProgressBar } from '#app/ui/progress-bar.tsx'
import { type ImportJob, type ImportState, isUnfinished } from './import-job.ts'
import { nameOf, optionWords, percentWords, stateWords } from './import-words.ts'

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
  const { job, onCancel, onRetry } = props
  const canRetry = job.state === 'failed' || job.state === 'cancelled'
  return (
    <div className="flex items-center gap-x-3 border-line border-b px-3 py-1.5">
      <div className="flex min-w-0 grow flex-wrap items-center gap-x-3 gap-y-0.5">
        <div className="flex min-w-0 grow basis-64 items-center gap-2">
          <FileLink job={job} />
          <FolderButton {...props} />
        </div>
        <ProgressBar
          label={`Progress of ${visibleName(nameOf(job))}`}
          value={shareOf(job)}
          tone={tones[job.state]}
          className="w-32 shrink-0 max-sm:w-full"
        />
        <p className="flex shrink-0 gap-x-3 text-muted text-sm sm:w-72">
          <span className={job.state === 'failed' ? 'text-danger' : undefined}>
            {stateWords[job.state]}
          </span>
          {percentWords(job) !== '' && <span>{percentWords(job)}</span>}
          <span className="truncate">{optionWords(job)}</span>
        </p>
        <Explanation job={job} />
      </div>
      <div className="flex w-8 shrink-0 justify-end">
        {canRetry && (
          <IconButton label="Retry" icon={<RotateCcw />} onClick={() => onRetry(job.id)} />
        )}
        {isUnfinished(job) && (
          <IconButton label="Cancel" icon={<X />} onClick={() => onCancel(job.id)} />
        )}
      </div>
    </div>
  )
})

/** How far it is, from 0 to 1; null while it runs and the server does not say. */
function shareOf({ state, percent }: ImportJob): number | null {
  if (state === 'done') return 1
  if (state === 'running') return percent === null ? null : percent / 100
  return (percent ?? 0) / 100
}

/** The title or link; once the file is there, a link to it. */
function FileLink({ job }: { job: ImportJob }) {
  // Stored text is as untrusted as the server's: it may have been changed since.
  const link = safeLink(job.fileLink)
  if (!link) return <NameText name={nameOf(job)} className="min-w-0" />
  return (
    <a href={link} target="_blank" rel="noreferrer" className="min-w-0 hover:underline">
      <NameText name={nameOf(job)} />
    </a>
  )
}

function FolderButton({ job, onOpenFolder }: ImportRowProps) {
  const { folder } = job
  if (folder === null) return null
  return (
    <span className="flex min-w-0 shrink items-center gap-1.5 text-muted text-sm">
      <span aria-hidden="true">→</span>
      <button
        type="button"
        onClick={() => onOpenFolder(folder)}
        className="min-w-0 truncate rounded hover:text-ink hover:underline"
      >
        <bdi>{visibleName(folder)}</bdi>
      </button>
    </span>
  )
}

function Explanation({ job }: { job: ImportJob }): ReactNode {
  if (job.failure) {
    return (
      <p className="wrap-anywhere basis-full text-sm">
        {visibleName(job.failure.reason)} <span className="text-muted">{job.failure.nextStep}</span>
      </p>
    )
  }
  return job.note === null ? null : <p className="basis-full text-muted text-sm">{job.note}</p>
}
