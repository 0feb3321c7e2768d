import { FolderOpen, Link, LockKeyhole, RotateCcw, X } from 'lucide-react'
import { memo, useCallback, useEffect } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import { findDetailsReader } from '#app/api/session/file-details.ts'
import type { ImportJob } from '#app/features/imports/queue/import-job.ts'
import type { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import type { EndNotice } from '#app/lib/browser/end-notice.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { isoTime, type ReceiptEntry } from '#app/lib/transfers/receipt.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-sums.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ProgressRow } from '#app/ui/progress/progress-row.tsx'
import { ReceiptButtons } from '#app/ui/progress/receipt-buttons.tsx'
import { NextButton, TransferList } from '#app/ui/progress/transfer-list.tsx'
import { toneOf } from '#app/ui/progress/transfer-summary.tsx'
import {
  failureText,
  nameOf,
  noteText,
  progressText,
  stageText,
  stateText,
  summaryText,
} from './import-text.ts'

export type ImportListProps = {
  queue: ImportQueue
  /** False if the key lacks the scope `import`; the empty list says so. */
  canImport: boolean
  onOpenFolder: (path: string) => void
  /** What tells of the end where the page is hidden. */
  notice: Pick<EndNotice, 'canAsk' | 'ask'>
}

/** The tab `Imports`. Fills its parent's height and scrolls. */
export function ImportList({ queue, canImport, onOpenFolder, notice }: ImportListProps) {
  const snapshot = useSnapshot(queue)
  // Stable, because rows render again only when their props change.
  const handleAbort = useCallback((id: string) => queue.abort(id), [queue])
  const handleRetry = useCallback((id: string) => queue.retry(id), [queue])
  useEffect(() => void queue.look().catch(() => {}), [queue])
  const handleNext = useCallback((id: string) => queue.startNext(id), [queue])
  const { totals, isKept } = snapshot
  if (totals.all === 0) return <NoImports canImport={canImport} />
  return (
    <TransferList
      noun="imports"
      words={() => summaryText(snapshot)}
      warning={isKept ? null : notKept}
      snapshot={snapshot}
      queue={queue}
      nameOf={nameOf}
      stateText={stateText}
      hasBytes={false}
      nextLabel="Start next"
      // Nobody knows how long a site takes.
      notice={{ ...notice, isUseful: true }}
      receipt={
        <ReceiptButtons
          noun="imports"
          entries={() => receiptOf(queue)}
          hasLinks
          findReader={findDetailsReader}
        />
      }
      renderRow={(job, isInGroup) => (
        <ImportRow
          job={job}
          isInGroup={isInGroup}
          canGoNext={job.state === 'waiting' && totals.waiting > 1}
          onNext={handleNext}
          onAbort={handleAbort}
          onRetry={handleRetry}
          onOpenFolder={onOpenFolder}
        />
      )}
    />
  )
}

const notKept = 'This browser has no room to keep imports: a reload forgets those that are new.'

/** Of an import of several files the one that its link is of. */
function receiptOf(queue: ImportQueue): ReceiptEntry[] {
  return queue.all().flatMap(({ id, state, fileLink, folder, title }) => {
    if (state !== 'done') return []
    const link = safeLink(fileLink)
    const path = (folder ?? '/') + (link === null ? (title ?? '') : nameInLink(link))
    return { path, size: null, sha256: null, link, time: isoTime(queue.endedAt(id)) }
  })
}

/** Links end in the name of their file. */
function nameInLink(link: string): string {
  const last = new URL(link).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
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
  isInGroup: boolean
  canGoNext: boolean
  onNext: (id: string) => void
  onAbort: (id: string) => void
  onRetry: (id: string) => void
  onOpenFolder: (path: string) => void
}

/** One import. Renders again only when its own row changes. */
const ImportRow = memo(function ImportRow(props: ImportRowProps) {
  const { job, isInGroup, canGoNext, onNext, onAbort, onRetry, onOpenFolder } = props
  const { id, state, folder } = job
  const canRetry = state === 'failed' || state === 'cancelled'
  return (
    <ProgressRow
      name={nameOf(job)}
      isInGroup={isInGroup}
      // Checked again: anybody at this browser may have changed what is stored.
      link={safeLink(job.fileLink)}
      place={folder === null ? null : { path: folder, onOpen: () => onOpenFolder(folder) }}
      progress={{ value: shareOf(job), tone: toneOf[state] }}
      words={progressText(job, isInGroup)}
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
      {canGoNext && <NextButton label="Start next" onClick={() => onNext(id)} />}
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
