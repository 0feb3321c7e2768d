import { Link, LockKeyhole } from 'lucide-react'
import { useCallback } from 'react'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { MeasuredList } from '#app/ui/measured-list.tsx'
import { useKeptFocus } from '#app/ui/use-kept-focus.ts'
import type { ImportTotals } from './import-job.ts'
import type { ImportQueue } from './import-queue.ts'
import { ImportRow } from './import-row.tsx'
import { nameOf } from './import-words.ts'
import { useImports } from './use-imports.ts'

export type ImportListProps = {
  queue: ImportQueue
  /** False: the key lacks the scope `import`, and the empty list says so. */
  canImport: boolean
  onOpenFolder: (path: string) => void
}

/** The rows of the tab `Imports`: fills its parent's height and scrolls by itself. */
export function ImportList({ queue, canImport, onOpenFolder }: ImportListProps) {
  const { jobs, totals } = useImports(queue)
  // Rows are drawn again only when they change, so what they get must stay the same.
  const handleCancel = useCallback((id: string) => void queue.cancel(id), [queue])
  const handleRetry = useCallback((id: string) => queue.retry(id), [queue])
  const keptFocus = useKeptFocus()
  if (jobs.length === 0) return <NoImports canImport={canImport} />
  return (
    <div {...keptFocus} className="flex h-full min-h-0 flex-col">
      <ImportSummary totals={totals} onClear={() => queue.clearFinished()} />
      <MeasuredList
        items={jobs}
        keyOf={(job) => job.id}
        nameOf={nameOf}
        renderRow={(job) => (
          <ImportRow
            job={job}
            onCancel={handleCancel}
            onRetry={handleRetry}
            onOpenFolder={onOpenFolder}
          />
        )}
      />
    </div>
  )
}

function ImportSummary({ totals, onClear }: { totals: ImportTotals; onClear: () => void }) {
  const parts = [
    [totals.unfinished, 'under way'],
    [totals.done, 'done'],
    [totals.failed, 'failed'],
    [totals.cancelled, 'cancelled'],
  ] as const
  const words = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return (
    <div className="flex min-h-9 shrink-0 items-center gap-3 border-line border-b px-4 py-1">
      <p className="min-w-0 grow text-muted text-sm">{words.join(' · ')}</p>
      {totals.done + totals.failed + totals.cancelled > 0 && (
        <Button tone="quiet" size="small" onClick={onClear}>
          Clear finished
        </Button>
      )}
    </div>
  )
}

function NoImports({ canImport }: { canImport: boolean }) {
  return canImport ? (
    <EmptyState icon={<Link />} title="No imports yet">
      Paste or drop links anywhere, or press Import links.
    </EmptyState>
  ) : (
    <EmptyState icon={<LockKeyhole />} title="This key cannot import links">
      Importing links needs a key with the scope “import”.
    </EmptyState>
  )
}
