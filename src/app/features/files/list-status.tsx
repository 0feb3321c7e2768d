import { Link2, X } from 'lucide-react'
import { errorText } from '#app/api/error-text.ts'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import { count, describeSelection } from './describe-list.ts'
import type { Entry } from './entry.ts'
import { useCopiedLink } from './use-copied-link.ts'

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
    <footer className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-4 py-1 text-muted text-sm">
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
  const { copy } = useCopiedLink()
  const links = chosen.flatMap((entry) => (entry.kind === 'file' && entry.link ? [entry.link] : []))
  return (
    <div className="flex items-center gap-2">
      <p role="status" className="font-medium text-ink">
        {describeSelection(chosen)}
      </p>
      {links.length > 0 && (
        <Button size="small" tone="quiet" icon={<Link2 />} onClick={() => copy(links.join('\n'))}>
          {`Copy ${count(links.length, 'link')}`}
        </Button>
      )}
      <IconButton label="Clear selection" icon={<X />} size="small" onClick={onClear} />
    </div>
  )
}
