import { useVirtualizer } from '@tanstack/react-virtual'
import { Link, LockKeyhole } from 'lucide-react'
import { useCallback, useRef } from 'react'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
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

const rowHeight = 45

/** The rows of the tab `Imports`: fills its parent's height and scrolls by itself. */
export function ImportList({ queue, canImport, onOpenFolder }: ImportListProps) {
  const { jobs, totals } = useImports(queue)
  const scrollRef = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => jobs[index]?.id ?? index,
    overscan: 8,
  })
  const handleCancel = useCallback((id: string) => void queue.cancel(id), [queue])
  const handleRetry = useCallback((id: string) => queue.retry(id), [queue])
  if (jobs.length === 0) return <NoImports canImport={canImport} />
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ImportSummary totals={totals} onClear={() => queue.clearFinished()} />
      <div ref={scrollRef} className="scroll-area min-h-0 grow">
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const job = jobs[index]
            return job ? (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                aria-label={nameOf(job)}
                aria-posinset={index + 1}
                aria-setsize={jobs.length}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ImportRow
                  job={job}
                  onCancel={handleCancel}
                  onRetry={handleRetry}
                  onOpenFolder={onOpenFolder}
                />
              </li>
            ) : null
          })}
        </ul>
      </div>
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
    <div className="flex min-h-9 shrink-0 items-center gap-3 border-line border-b px-3 py-1">
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
