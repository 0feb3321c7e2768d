import { Suspense, useCallback, useMemo, useState } from 'react'
import { useContextMenu } from '#app/actions/use-context-menu.tsx'
import type { Access } from '#app/api/http/api-key-text.ts'
import {
  createArranger,
  describeCoverage,
  describeFolder,
  isAsListed,
  restToSort,
  type Sorting,
  sortingHere,
} from '#app/features/files/folder/arrange-entries.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import { type Folder, useWholeFolder } from '#app/features/files/folder/use-folder.ts'
import { type FollowedEnd, useFollowedEnd } from '#app/features/files/folder/use-followed-end.ts'
import {
  type FilesViewState,
  type FolderPlace,
  findPlace,
  rememberPlace,
} from '#app/features/files/folder/view-state.ts'
import { FileList } from '#app/features/files/list/file-list.tsx'
import { ListSkeleton } from '#app/features/files/list/list-header.tsx'
import { ListStatus } from '#app/features/files/list/list-status.tsx'
import {
  clearSelection,
  useLentSelection,
  useSelection,
} from '#app/features/files/selection/selection.ts'
import { useKeptKeyboard } from '#app/features/files/selection/use-grid-focus.ts'
import { FolderTitle } from '#app/features/files/title/folder-title.tsx'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FolderPath, parentFolder } from '#contract/folder-path.ts'
import { FolderProblem } from './folder-problem.tsx'
import { DetailsBeside } from './opened/details-beside.tsx'
import { loadViewedFile, useLikelyFile } from './opened/likely-file.ts'
import type { Viewing } from './opened/viewed-file.tsx'
import type { View } from './view-toggle.tsx'

const OpenedFile = lazyPart(async () => (await import('./opened/opened-file.tsx')).OpenedFile)
const ViewedFile = lazyPart(loadViewedFile, { floats: true })
const NothingShown = lazyPart(async () => (await import('./empty-folder.tsx')).NothingShown, {
  first: true,
})

export type FolderViewProps = {
  folder: FolderPath
  /** The folder that was shown before; null at the start. */
  cameFrom: FolderPath | null
  listing: Folder
  viewState: FilesViewState
  filter: string
  onFilterChange: (filter: string) => void
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  view: View
  onOpenFolder: (folder: FolderPath) => void
  hrefOf: (folder: FolderPath, name?: string) => string
  opened: { name: string } | null
  viewing: Viewing
  /** What an empty folder suggests. */
  access: Access
  /** Outlives the folder: the keyboard goes on in the one that is opened with it. */
  pendingFocus: { current: boolean }
}

/** One folder's rows, or what stands for them. Made anew for each folder. */
export function FolderView(props: FolderViewProps) {
  const { folder, listing, viewState, filter } = props
  // What the server has sorted is not sorted again.
  const sorting = sortingHere(listing, props.sorting)
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const { entries, isComplete } = listing
  const [arrange] = useState(createArranger)
  const shown = useMemo(
    () => arrange(entries, { filter, sorting }),
    [arrange, entries, filter, sorting],
  )
  const [place] = useState(() => findPlace(viewState, folder, props.cameFrom))
  const selected = useSelection({ shown, listing, activeKey: place.activeKey })
  const { selection, setSelection } = selected
  const keptKeyboard = useKeptKeyboard()
  const likely = useLikelyFile(props.viewing)
  const menu = useContextMenu(selected.chosen)
  const wholeFiles = useLentSelection(props, selected)
  const isInList = useStatusInList(selected.chosen, listing.error)
  const isFiltered = filter.trim() !== ''
  const followedEnd = useFollowedEnd(listing, isFiltered)
  useWholeFolder(listing, !isAsListed({ filter, sorting }))
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
  const summary = listing.isPending
    ? 'Loading…'
    : describeFolder(entries, isComplete, listing.total)
  const status = (
    <ListStatus
      summary={summary}
      coverage={describeCoverage({
        found: shown.length,
        loaded: entries.length,
        isComplete,
        isFiltered,
        sorting,
      })}
      chosen={selected.chosen}
      among={{ shown: shown.length, isComplete, isFiltered, wholeFiles }}
      onClear={() => setSelection(clearSelection(selection))}
      rest={selected.rest}
      restToSort={restToSort(listing, { filter, sorting })}
      followedEnd={followedEnd}
      onLoadMore={isFiltered && !isComplete && !listing.isPending ? listing.loadMore : null}
      isLoadingMore={listing.isLoadingMore}
      error={listing.error}
      onRetry={listing.retry}
    />
  )
  const listed = rowsOf(shown, listing, { filter, sorting })
  return (
    <div className="flex min-h-0 grow flex-col xl:flex-row" {...keptKeyboard}>
      <div className="flex min-h-0 min-w-0 grow flex-col">
        <FolderTitle {...props} />
        <div
          ref={setScroller}
          {...menu.areaProps}
          {...likely}
          className="scroll-area relative min-h-0 grow [overflow-anchor:none]"
        >
          <Rows
            {...props}
            {...listed}
            arrangement={Object.values({
              ...listing.order,
              ...sorting,
              filter: filter.trim(),
            }).join(' ')}
            place={place}
            scroller={scroller}
            selected={selected}
            isWhole={wholeFiles !== null}
            followedEnd={followedEnd}
          />
          {!listing.isPending && shown.length === 0 && (
            <Suspense fallback={null}>
              <NothingShown {...props} isFiltered={isFiltered} />
            </Suspense>
          )}
          {isInList && status}
        </div>
        {/* Behind the list, which has lent its rows by then. */}
        <Opened {...props} scroller={scroller} />
        <Viewed {...props} {...listed} isFiltered={isFiltered} />
        {!isInList && status}
        {menu.element}
      </div>
      <DetailsBeside {...props} {...listed} {...selected} {...{ wholeFiles, summary }} />
    </div>
  )
}

function Opened({
  opened,
  listing,
  onFilterChange,
  onSort,
  scroller,
}: FolderViewProps & Pick<RowsProps, 'scroller'>) {
  if (!opened || !scroller || listing.isPending) return null
  return (
    <Suspense fallback={null}>
      <OpenedFile {...{ opened, listing, onFilterChange, onSort }} />
    </Suspense>
  )
}

function Viewed({
  viewing,
  ...props
}: FolderViewProps & Pick<RowsProps, 'rows' | 'isSized'> & { isFiltered: boolean }) {
  const { name } = viewing
  // Else the page was loaded with it, and nobody pressed anything to open it.
  const [wasClosed, setWasClosed] = useState(name === null)
  if (name === null && !wasClosed) setWasClosed(true)
  if (name === null) return null
  return (
    <Suspense fallback={null}>
      <ViewedFile {...props} viewing={{ ...viewing, name }} isAskedFor={wasClosed} />
    </Suspense>
  )
}

/** A filter and another order are of what is loaded alone. */
function rowsOf(
  shown: readonly Entry[],
  { rows, total, isComplete }: Folder,
  { filter, sorting }: { filter: string; sorting: Sorting },
) {
  return isAsListed({ filter, sorting })
    ? { rows, isSized: isComplete || total !== null }
    : { rows: shown, isSized: isComplete }
}

/** On a short screen the line at the foot scrolls with the list, unless it has something to press. */
function useStatusInList(chosen: readonly Entry[], error: unknown): boolean {
  const isShort = useMediaQuery('(height < 30rem)')
  return isShort && chosen.length === 0 && error === null
}

type RowsProps = FolderViewProps & {
  rows: readonly (Entry | undefined)[]
  /** Whether the rows are those of the whole folder, loaded or not. */
  isSized: boolean
  /** What a person sees, and in which order: another one begins at the top. */
  arrangement: string
  place: FolderPlace
  scroller: HTMLElement | null
  selected: ReturnType<typeof useSelection>
  /** All of the folder is selected, what is not loaded as well. */
  isWhole: boolean
  followedEnd: FollowedEnd
}

function Rows(props: RowsProps) {
  const { folder, listing, viewState, sorting, pendingFocus, selected } = props
  // On a phone on its side one line a row has room enough, and twice as many rows are in sight.
  const isNarrow = useMediaQuery('(width < 32rem), (width < 48rem) and (height >= 30rem)')
  const remember = useCallback(
    (change: Partial<FolderPlace>) => rememberPlace(viewState, folder, change),
    [viewState, folder],
  )
  if (listing.isPending) {
    return (
      <div aria-busy="true">
        <div className="h-9 border-line border-b" />
        <ListSkeleton rows={8} isNarrow={isNarrow || props.view === 'tiles'} />
      </div>
    )
  }
  const openFolder = (path: FolderPath) => {
    pendingFocus.current = true
    props.onOpenFolder(path)
  }
  return (
    <FileList
      entries={props.rows}
      isSized={props.isSized}
      loadsAtEnd={props.filter.trim() === '' && listing.error === null}
      isLoading={listing.isLoadingMore}
      onMissing={listing.loadRow}
      onNearEnd={listing.loadMore}
      followedEnd={props.followedEnd}
      arrangement={props.arrangement}
      selection={selected.selection}
      chosen={props.isWhole || selected.box}
      onSelectionChange={(next) => {
        remember({ activeKey: next.active })
        selected.setSelection(next)
      }}
      onOpen={(entry) => {
        remember({ activeKey: entry.key })
        if (entry.kind === 'folder') openFolder(entry.path)
        else if (entry.link !== null) props.viewing.onView(entry.name)
      }}
      hrefOf={(entry) =>
        entry.kind === 'folder' ? props.hrefOf(entry.path) : props.hrefOf(folder, entry.name)
      }
      folder={folder}
      canManage={props.access.canManage}
      onLeave={folder === '/' ? null : () => openFolder(parentFolder(folder))}
      sorting={sorting}
      onSort={props.onSort}
      view={props.view}
      isNarrow={isNarrow}
      place={props.place}
      onScroll={remember}
      pendingFocus={pendingFocus}
      scroller={props.scroller}
    />
  )
}
