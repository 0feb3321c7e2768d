import { Link, LockKeyhole } from 'lucide-react'
import { useCallback } from 'react'
import { missingScope } from '#app/api/http/scopes.ts'
import type { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import { formatNumber } from '#app/lib/format.ts'
import { useSnapshot } from '#app/lib/store.ts'
import type { TransferTotals } from '#app/lib/transfers/transfer-rows.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { MeasuredList, useKeptFocus } from '#app/ui/progress/measured-list.tsx'
import { outcomeText, TransferSummary } from '#app/ui/progress/transfer-summary.tsx'
import { ImportRow } from './import-row.tsx'
import { nameOf } from './import-text.ts'

export type ImportListProps = {
  queue: ImportQueue
  /** False if the key lacks the scope `import`; the empty list says so. */
  canImport: boolean
  onOpenFolder: (path: string) => void
}

/** The tab `Imports`. Fills its parent's height and scrolls. */
export function ImportList({ queue, canImport, onOpenFolder }: ImportListProps) {
  const { rows, totals, isKept } = useSnapshot(queue)
  // Stable, because rows render again only when their props change.
  const handleAbort = useCallback((id: string) => queue.abort(id), [queue])
  const handleRetry = useCallback((id: string) => queue.retry(id), [queue])
  const keptFocus = useKeptFocus()
  if (rows.length === 0) return <NoImports canImport={canImport} />
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <TransferSummary
        words={summaryText(totals)}
        warning={isKept ? null : notKept}
        totals={totals}
        queue={queue}
      />
      <MeasuredList
        items={rows}
        keyOf={(job) => job.id}
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
