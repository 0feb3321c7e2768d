import { X } from 'lucide-react'
import { Suspense } from 'react'
import { errorText } from '#app/api/error-text.ts'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { describeSelection } from './describe-list.ts'
import type { Entry } from './entry.ts'

const ChosenActions = lazyPart(async () => (await import('./chosen-actions.tsx')).ChosenActions)

/** The line under the list: what is here, what is chosen, and what the list does not cover. */
export function ListStatus({
  summary,
  coverage,
  chosen,
  onClear,
  onLoadMore,
  isLoadingMore,
  error,
  onRetry,
}: {
  summary: string
  /** What a filter or an order covers; '' when it is all. */
  coverage: string
  chosen: readonly Entry[]
  onClear: () => void
  /** Given while there is more that only a press brings. */
  onLoadMore: (() => void) | null
  isLoadingMore: boolean
  /** The list is shown, but what comes next did not come. */
  error: unknown
  onRetry: () => void
}) {
  return (
    <footer className="flex min-h-9 shrink-0 flex-wrap pointer-coarse:min-h-13 items-center gap-x-3 gap-y-1 border-line border-t px-4 py-1 text-muted text-sm">
      {chosen.length > 0 ? (
        <ChosenSummary chosen={chosen} onClear={onClear} />
      ) : (
        <p>{coverage || summary}</p>
      )}
      <div className="ml-auto flex items-center gap-2">
        {error !== null && (
          <p role="alert" className="text-danger">
            {errorText(error).title}
          </p>
        )}
        {error !== null ? (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        ) : (
          onLoadMore && (
            <Button size="small" isPending={isLoadingMore} onClick={onLoadMore}>
              Load more
            </Button>
          )
        )}
      </div>
    </footer>
  )
}

function ChosenSummary({ chosen, onClear }: { chosen: readonly Entry[]; onClear: () => void }) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <p role="status" className="truncate font-medium text-ink">
        {describeSelection(chosen)}
      </p>
      {/* One alone has its buttons in its row. */}
      {chosen.length > 1 && (
        <Suspense fallback={null}>
          <ChosenActions chosen={chosen} />
        </Suspense>
      )}
      <IconButton label="Clear selection" icon={<X />} size="small" onClick={onClear} />
    </div>
  )
}
