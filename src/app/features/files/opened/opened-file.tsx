import { type ReactNode, useEffect, useState } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import type { Sorting } from '#app/features/files/folder/arrange-entries.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import { formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { findEntry, useLoadedWay } from './find-file.ts'

export type OpenedFileProps = {
  /** Another object each time that the address is gone to. */
  opened: { name: string }
  listing: Folder
  onSort: (sorting: Sorting) => void
  onFilterChange: (filter: string) => void
}

/**
 * The file that the address names: selected, with the keyboard and in sight; loaded first where it is far
 * down, by name. A line of words while it is looked for, and where it is gone.
 */
export function OpenedFile({ opened, listing, onFilterChange, onSort }: OpenedFileProps) {
  const found = findEntry(listing, opened.name)
  const isShown = useRevealed(opened, { found, listing, onFilterChange })
  const isOnItsWay = useLoadedWay(listing, {
    name: opened.name,
    isWanted: !isShown && !found,
    onSort,
  })
  const [wantsRest, setWantsRest] = useState(false)
  // Its button stays until the row has taken the focus from it.
  if (isShown || (found && !wantsRest)) return null
  const name = <bdi>“{visibleName(opened.name)}”</bdi>
  if (found || listing.isLoadingAll || isOnItsWay) {
    return <Line button={wantsRest && ['Stop', listing.stopLoadingAll]}>Looking for {name}…</Line>
  }
  if (listing.total === null && !listing.isComplete) {
    const loadAll = () => {
      setWantsRest(true)
      listing.loadAll()
    }
    return (
      <Line button={['Look in the rest', loadAll]}>
        {name} is not among the {formatNumber(listing.entries.length)} loaded so far. The rest takes
        one request for each {formatNumber(listing.pageSize)}.
      </Line>
    )
  }
  return (
    <Line>
      {name} is not in this folder: it was renamed, moved or deleted, or the address is wrong.
    </Line>
  )
}

function Line({
  button,
  children,
}: {
  button?: [label: string, onClick: () => void] | false
  children: ReactNode
}) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-t bg-sunken px-4 py-1.5 text-sm">
      <p role="status" className="min-w-0 grow basis-56 break-words">
        {children}
      </p>
      {button && (
        <Button size="small" onClick={button[1]}>
          {button[0]}
        </Button>
      )}
    </div>
  )
}

/** Selects it and brings it into sight, once each time that the address is gone to. */
function useRevealed(
  opened: OpenedFileProps['opened'],
  {
    found,
    listing,
    onFilterChange,
  }: Pick<OpenedFileProps, 'listing' | 'onFilterChange'> & { found: Entry | undefined },
): boolean {
  const [shown, setShown] = useState<OpenedFileProps['opened'] | null>(null)
  const isShown = shown === opened
  const { rows, isLoadingAll, stopLoadingAll } = listing
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row may come later than its entry is known
  useEffect(() => {
    if (isShown || !found) return
    if (isLoadingAll) stopLoadingAll()
    if (currentContext().reveal?.(found.key)) setShown(opened)
    // It is hidden by the filter.
    else onFilterChange('')
  }, [isShown, found, opened, rows, isLoadingAll])
  return isShown
}
