import { FolderOpen, Search } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { type FolderPath, parentFolder } from '#contract/folder-path.ts'
import { arrangeEntries, type Sorting } from './arrange-entries.ts'
import { describeCoverage, describeFolder } from './describe-list.ts'
import type { Entry } from './entry.ts'
import { FileList } from './file-list.tsx'
import { type FilesMemory, type FolderPlace, startOfFolder } from './files-memory.ts'
import { FolderProblem } from './folder-problem.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { ListStatus } from './list-status.tsx'
import { openLink } from './open-link.ts'
import { clearSelection, nothingSelected } from './selection.ts'
import type { Folder } from './use-folder.ts'
import type { View } from './view-toggle.tsx'

export type FolderViewProps = {
  folder: FolderPath
  listing: Folder
  memory: FilesMemory
  filter: string
  onFilterChange: (filter: string) => void
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  view: View
  onOpenFolder: (folder: FolderPath) => void
  /** What to do in an empty folder. */
  emptyHint: ReactNode
  /** Outlives the folder: the keyboard goes on in the one that is opened with it. */
  focusWish: { current: boolean }
}

/** One folder's rows, or what stands for them. Made anew for each folder. */
export function FolderView(props: FolderViewProps) {
  const { folder, listing, filter, sorting, emptyHint } = props
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const { entries, isComplete } = listing
  const shown = useMemo(
    () => arrangeEntries(entries, { filter, sorting }),
    [entries, filter, sorting],
  )
  const [place] = useState(() => props.memory.places.get(folder) ?? startOfFolder)
  const [selection, setSelection] = useState({ ...nothingSelected, active: place.activeKey })
  const chosen = useMemo(
    () => entries.filter((entry) => selection.chosen.has(entry.key)),
    [entries, selection.chosen],
  )
  const isInList = useStatusInList(chosen, listing.error)
  const isFiltered = filter.trim() !== ''
  // What went wrong stays in sight while it is tried again: rows to come would flash up for nothing.
  const [lastError, setLastError] = useState(listing.error)
  if (listing.error !== null && listing.error !== lastError) setLastError(listing.error)
  const error = listing.isPending ? lastError : listing.error
  if (error !== null && entries.length === 0) {
    return (
      <FolderProblem
        folder={folder}
        error={error}
        isRetrying={listing.isRefreshing || listing.isPending}
        onRetry={listing.retry}
        onOpenFolder={props.onOpenFolder}
      />
    )
  }
  const status = (
    <ListStatus
      summary={listing.isPending ? 'Loading…' : describeFolder(entries, isComplete)}
      coverage={describeCoverage({
        found: shown.length,
        loaded: entries.length,
        isComplete,
        isFiltered,
        sorting,
      })}
      chosen={chosen}
      onClear={() => setSelection(clearSelection(selection))}
      onLoadMore={isFiltered && !isComplete && !listing.isPending ? listing.loadMore : null}
      isLoadingMore={listing.isLoadingMore}
      error={listing.error}
      onRetry={listing.retry}
    />
  )
  return (
    <>
      <div ref={setScroller} className="scroll-area relative min-h-0 grow">
        <Rows
          {...props}
          shown={shown}
          place={place}
          scroller={scroller}
          selection={selection}
          onSelectionChange={setSelection}
        />
        {!listing.isPending && shown.length === 0 && (
          <NothingShown {...props} isFiltered={isFiltered} emptyHint={emptyHint} />
        )}
        {isInList && status}
      </div>
      {!isInList && status}
    </>
  )
}

/** On a short screen the line at the foot scrolls with the list, unless it has something to press. */
function useStatusInList(chosen: readonly Entry[], error: unknown): boolean {
  const isShort = useMediaQuery('(height < 30rem)')
  return isShort && chosen.length === 0 && error === null
}

type RowsProps = FolderViewProps & {
  shown: readonly Entry[]
  place: FolderPlace
  scroller: HTMLElement | null
  selection: typeof nothingSelected
  onSelectionChange: (selection: typeof nothingSelected) => void
}

function Rows(props: RowsProps) {
  const { folder, listing, memory, onOpenFolder, focusWish, selection, onSelectionChange } = props
  // On a phone on its side one line a row has room enough, and twice as many rows are in sight.
  const isNarrow = useMediaQuery('(width < 32rem), (width < 48rem) and (height >= 30rem)')
  const remember = useCallback(
    (change: Partial<FolderPlace>) => {
      const before = memory.places.get(folder) ?? startOfFolder
      memory.places.set(folder, { ...before, ...change })
    },
    [memory, folder],
  )
  const handleScroll = useCallback((scrollOffset: number) => remember({ scrollOffset }), [remember])
  if (listing.isPending) {
    return (
      <div aria-busy="true">
        <div className="h-9 border-line border-b" />
        <ListSkeleton rows={8} isNarrow={isNarrow || props.view === 'tiles'} />
      </div>
    )
  }
  const openFolder = (path: FolderPath, byKeyboard: boolean) => {
    focusWish.current = byKeyboard
    onOpenFolder(path)
  }
  return (
    <FileList
      entries={props.shown}
      isComplete={listing.isComplete}
      loadsAtEnd={props.filter.trim() === '' && listing.error === null}
      onNearEnd={listing.loadMore}
      selection={selection}
      onSelectionChange={(next) => {
        remember({ activeKey: next.active })
        onSelectionChange(next)
      }}
      onOpen={(entry, { byKeyboard }) => {
        remember({ activeKey: entry.key })
        if (entry.kind === 'folder') openFolder(entry.path, byKeyboard)
        else if (entry.link !== null) openLink(entry.link)
      }}
      onLeave={() => folder !== '/' && openFolder(parentFolder(folder), true)}
      sorting={props.sorting}
      onSort={props.onSort}
      view={props.view}
      isNarrow={isNarrow}
      place={props.place}
      onScroll={handleScroll}
      focusWish={focusWish}
      scroller={props.scroller}
    />
  )
}

function NothingShown({
  isFiltered,
  filter,
  onFilterChange,
  emptyHint,
}: Pick<FolderViewProps, 'filter' | 'onFilterChange' | 'emptyHint'> & { isFiltered: boolean }) {
  if (!isFiltered) {
    return (
      <EmptyState icon={<FolderOpen />} title="Nothing here yet">
        {emptyHint}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Search />}
      title={`Nothing loaded matches “${filter.trim()}”`}
      action={<Button onClick={() => onFilterChange('')}>Clear the filter</Button>}
    >
      The filter looks at names in this folder, not in the folders inside it.
    </EmptyState>
  )
}
