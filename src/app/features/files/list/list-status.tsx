import { Suspense } from 'react'
import { useErrorText } from '#app/features/files/folder/use-error-text.ts'
import type { FollowedEnd } from '#app/features/files/folder/use-followed-end.ts'
import type { Rest } from '#app/features/files/selection/selection.ts'
import type { SelectionSummaryProps } from '#app/features/files/selection/selection-summary.tsx'
import { Button } from '#app/ui/button.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'

// Nothing is selected on the first screen.
const SelectionSummary = lazyPart(
  async () =>
    (await import('#app/features/files/selection/selection-summary.tsx')).SelectionSummary,
  { first: true },
)
const RestOfFolder = lazyPart(
  async () => (await import('#app/features/files/selection/selection-summary.tsx')).RestOfFolder,
  { first: true },
)

/** The line under the list: what is here, what is chosen, and what the list does not cover. */
export function ListStatus({
  summary,
  coverage,
  chosen,
  among,
  onClear,
  rest,
  restToSort,
  followedEnd,
  onLoadMore,
  isLoadingMore,
  error,
  onRetry,
}: SelectionSummaryProps & {
  summary: string
  /** What a filter or an order covers; '' when it is all. */
  coverage: string
  /** What is not loaded, and so not in the order that is made here; null for nothing. */
  restToSort: Rest | null
  followedEnd: FollowedEnd
  /** Given while there is more that only a press brings. */
  onLoadMore: (() => void) | null
  isLoadingMore: boolean
  /** The list is shown, but what comes next did not come. */
  error: unknown
  onRetry: () => void
}) {
  const text = useErrorText(error)
  return (
    <footer className="flex min-h-9 shrink-0 flex-wrap pointer-coarse:min-h-13 items-center gap-x-3 gap-y-1 border-line border-t px-4 py-1 text-muted text-sm">
      {chosen.length > 0 ? (
        <Suspense fallback={null}>
          <SelectionSummary chosen={chosen} among={among} onClear={onClear} rest={rest} />
        </Suspense>
      ) : (
        <>
          <p>{coverage || summary}</p>
          {restToSort && !followedEnd.isFollowing && (
            <Suspense fallback={null}>
              <RestOfFolder {...restToSort} />
            </Suspense>
          )}
        </>
      )}
      <div className="ml-auto flex items-center gap-2">
        {error !== null && (
          <p role="alert" className="text-danger">
            {text?.title}
          </p>
        )}
        {followedEnd.isFollowing && (
          <>
            <p>Loading on to the end…</p>
            <Button size="small" onClick={followedEnd.stop}>
              Stop
            </Button>
          </>
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
