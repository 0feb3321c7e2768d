import { FolderOpen, Link, LockKeyhole, RotateCcw, X } from 'lucide-react'
import { memo, useCallback, useEffect } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import type { ImportJob } from '#app/features/imports/queue/import-job.ts'
import type { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import { formatNumber } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { isUnfinished, type TransferTotals } from '#app/lib/transfers/transfer-rows.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { MeasuredList, useKeptFocus } from '#app/ui/progress/measured-list.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { outcomeText, TransferSummary, toneOf } from '#app/ui/progress/transfer-summary.tsx'
import { failureText, nameOf, noteText, progressText, stageText } from './import-text.ts'

export type ImportListProps = {
  queue: ImportQueue
  /** False if the key lacks the scope `import`; the empty list says so. */
  canImport: boolean
  onOpenFolder: (path: string) => void
}

/** The tab `Imports`. Fills its parent's height and scrolls. */
export function ImportList({ queue, canImport, onOpenFolder }: ImportListProps) {
  const { totals, isKept } = useSnapshot(queue)
  // Stable, because rows render again only when their props change.
  const handleAbort = useCallback((id: string) => queue.abort(id), [queue])
  const handleRetry = useCallback((id: string) => queue.retry(id), [queue])
  const keptFocus = useKeptFocus()
  useEffect(() => void queue.look().catch(() => {}), [queue])
  if (totals.all === 0) return <NoImports canImport={canImport} />
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <TransferSummary
        words={summaryText(totals)}
        warning={isKept ? null : notKept}
        totals={totals}
        queue={queue}
      />
      <MeasuredList
        items={queue}
        count={totals.all}
        nameOf={nameOf}
        renderRow={(job) => (
          <ImportRow
            job={job}
            onAbort={handleAbort}
            onRetry={handleRetry}
            onOpenFolder={onOpenFolder}
          />
        )}
      />
    </div>
  )
}

const notKept = 'This browser has no room to keep imports: a reload forgets those that are new.'

function summaryText(totals: TransferTotals): string {
  const unfinished = totals.unfinished > 0 ? [`${formatNumber(totals.unfinished)} under way`] : []
  return [...unfinished, ...outcomeText(totals)].join(' · ')
}

function NoImports({ canImport }: { canImport: boolean }) {
  return canImport ? (
    <EmptyState icon={<Link />} title="No imports yet">
      Paste or drop links anywhere, or press Import links.
    </EmptyState>
  ) : (
    <EmptyState icon={<LockKeyhole />} title={missingScope.import.title}>
      {missingScope.import.reason}
    </EmptyState>
  )
}

type ImportRowProps = {
  job: ImportJob
  onAbort: (id: string) => void
  onRetry: (id: string) => void
  onOpenFolder: (path: string) => void
}

/** One import. Renders again only when its own row changes. */
const ImportRow = memo(function ImportRow(props: ImportRowProps) {
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

function explain(job: ImportJob): { reason: string; nextStep?: string } | null {
  const { failure, note } = job
  if (failure) return failureText(failure)
  const reason = (note && noteText(note)) || stageText(job)
  return reason === '' ? null : { reason }
}

/** Progress from 0 to 1; null while the server does not say. */
function shareOf({ state, percent }: ImportJob): number | null {
  if (state === 'done') return 1
  if (state === 'running' && percent === null) return null
  return (percent ?? 0) / 100
}
