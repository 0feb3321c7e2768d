import { X } from 'lucide-react'
import { Suspense } from 'react'
import { errorText } from '#app/api/error-text.ts'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { filesPageSize } from '#contract/files.ts'
import { describeSelection } from './describe-list.ts'
import type { Entry } from './entry.ts'
import type { Rest } from './use-selection.ts'

const ChosenActions = lazyPart(async () => (await import('./chosen-actions.tsx')).ChosenActions)

/** The line under the list: what is here, what is chosen, and what the list does not cover. */
export function ListStatus({
  summary,
  coverage,
  chosen,
  among,
  onClear,
  rest,
  onLoadMore,
  isLoadingMore,
  error,
  onRetry,
}: {
  summary: string
  /** What a filter or an order covers; '' when it is all. */
  coverage: string
  chosen: readonly Entry[]
  among: Parameters<typeof describeSelection>[1]
  onClear: () => void
  /** Given while all that is loaded is selected, and more is not loaded. */
  rest: Rest | null
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
        <ChosenSummary chosen={chosen} among={among} onClear={onClear} />
      ) : (
        <p>{coverage || summary}</p>
      )}
      {rest && <RestOfFolder {...rest} />}
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
          onLoadMore &&
          !rest && (
            <Button size="small" isPending={isLoadingMore} onClick={onLoadMore}>
              Load more
            </Button>
          )
        )}
      </div>
    </footer>
  )
}

/** What is not loaded is not selected: says so, and what it takes. */
function RestOfFolder({ isLoading, onLoad, onStop }: Rest) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2">
      <p>
        {isLoading
          ? 'Loading the rest…'
          : `More is not loaded: one request for each ${filesPageSize}.`}
      </p>
      <Button size="small" onClick={isLoading ? onStop : onLoad}>
        {isLoading ? 'Stop' : 'Load all'}
      </Button>
    </div>
  )
}

type ChosenSummaryProps = Pick<Parameters<typeof ListStatus>[0], 'chosen' | 'among' | 'onClear'>

function ChosenSummary({ chosen, among, onClear }: ChosenSummaryProps) {
  return (
    <div className="flex min-w-0 items-center gap-2">
      <p role="status" className="truncate font-medium text-ink">
        {describeSelection(chosen, among)}
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
