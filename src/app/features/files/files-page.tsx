import clsx from 'clsx'
import { SlidersHorizontal } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import { actionItem } from '#app/actions/registry.ts'
import { byName } from '#app/api/cache/listing.ts'
import type { Queries } from '#app/api/cache/queries.ts'
import type { Access } from '#app/api/http/api-key-text.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import { nextSorting, orderOf } from '#app/features/files/folder/arrange-entries.ts'
import { readError } from '#app/features/files/folder/use-error-text.ts'
import { useFolder } from '#app/features/files/folder/use-folder.ts'
import type { FilesViewState } from '#app/features/files/folder/view-state.ts'
import { findTabStop } from '#app/features/files/selection/use-grid-focus.ts'
import { rootName as allFiles } from '#app/features/files/tree/flatten-tree.ts'
import { isDialogOpen, isTypedIn } from '#app/lib/browser/keyboard-focus.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { IconButton } from '#app/ui/button.tsx'
import { MenuOnDemand } from '#app/ui/overlay/triggers.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import { FileFilter } from './file-filter.tsx'
import { FolderPathNav } from './folder-path-nav.tsx'
import { FolderView } from './folder-view.tsx'
import type { Viewing } from './opened/viewed-file.tsx'
import { type View, ViewToggle, views } from './view-toggle.tsx'

const loadListOptions = async () => (await import('./list-options-menu.tsx')).ListOptionsMenu

export type FilesPageProps = {
  folder: FolderPath
  /** What `/` is called, where it is not all files. */
  rootName?: string
  queries: Queries
  viewState: FilesViewState
  /** The address of a folder, or of the file with this name in it. */
  hrefOf: (folder: FolderPath, name?: string) => string
  /** What the address opens in this folder; null where it opens none. Another object each time. */
  opened: { name: string } | null
  viewing: Viewing
  onOpenFolder: (folder: FolderPath) => void
  /** Asks the server for this folder and the tree anew; throws what the call throws. */
  onRefresh: () => Promise<void>
  /** Before the path: the button that opens the drawer, on narrow screens. */
  start?: ReactNode
  /** The buttons that bring files in. */
  actions: ReactNode
  access: Access
}

/** A folder: where it is, what can be done in it, and what it holds. */
export function FilesPage(props: FilesPageProps) {
  const { folder, queries, viewState, onOpenFolder, rootName = allFiles } = props
  const isNarrow = useMediaQuery('(width < 48rem)')
  const [view, setView] = useStoredChoice('barkeep.view', views)
  const [sorting, setSorting] = useState(viewState.sorting)
  const canSort = useSnapshot(serverDescription)?.additions.includes('sort')
  const listing = useFolder(queries, folder, canSort ? orderOf(sorting) : byName)
  const refresh = useRefresh(props.onRefresh)
  const refreshing = actionItem('refresh', { scopes: [], targets: [], refresh: refresh.start })
  const creating = actionItem('new-folder')
  const [filter, setFilter] = useFolderFilter(viewState, folder)
  const main = useRef<HTMLElement>(null)
  const filterField = useRef<HTMLInputElement>(null)
  useAbilities({
    refresh: refresh.start,
    focusFilter: () => filterField.current?.focus(),
    sortBy: (column) => handleSort(nextSorting(sorting, column)),
    ...(view === 'list'
      ? { showAsTiles: () => showAs('tiles') }
      : { showAsList: () => showAs('list') }),
  })
  const pendingFocus = usePendingFocus(main)
  const cameFrom = useCameFrom(folder)

  /** By key the focus is on a row, which another one stands for then. */
  function showAs(next: View) {
    pendingFocus.current = true
    setView(next)
  }

  function handleSort(next: typeof sorting) {
    viewState.sorting = next
    setSorting(next)
  }

  return (
    <main ref={main} className="flex min-h-0 min-w-0 grow flex-col">
      <h1 className="sr-only">{visibleName(folder === '/' ? rootName : folderName(folder))}</h1>
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-3 py-2 short:flex-nowrap short:py-1 lg:h-13 lg:flex-nowrap lg:py-0 short:lg:h-auto short:lg:py-1">
        <div className="flex min-w-0 basis-full items-center gap-1 short:grow short:basis-0 lg:grow lg:basis-0">
          {props.start}
          <FolderPathNav
            folder={folder}
            rootName={rootName}
            hrefOf={props.hrefOf}
            onOpenFolder={(path) => {
              pendingFocus.current = true
              onOpenFolder(path)
            }}
          />
        </div>
        <div className="flex min-w-0 grow items-center gap-2 short:grow-0 lg:grow-0">
          <FileFilter
            ref={filterField}
            value={filter}
            onChange={setFilter}
            onLeave={() => findTabStop(main.current)?.focus()}
          />
          {isNarrow ? (
            <MenuOnDemand
              load={loadListOptions}
              menu={{
                trigger: (
                  <IconButton label="List options" icon={<SlidersHorizontal />} tone="outline" />
                ),
                sorting,
                onSort: handleSort,
                view,
                onViewChange: setView,
                items: [refreshing],
              }}
            />
          ) : (
            <>
              <ViewToggle view={view} onChange={setView} />
              <IconButton
                label={refreshing.label}
                icon={refreshing.icon}
                onClick={refreshing.onSelect}
                className={clsx(refresh.isRunning && '[&_svg]:animate-spin')}
              />
            </>
          )}
          {props.access.canManage && (
            <IconButton label={creating.label} icon={creating.icon} onClick={creating.onSelect} />
          )}
          {props.actions}
        </div>
      </header>
      <FolderView
        key={folder}
        folder={folder}
        cameFrom={cameFrom}
        listing={listing}
        viewState={viewState}
        filter={filter}
        onFilterChange={setFilter}
        sorting={sorting}
        onSort={handleSort}
        view={view}
        onOpenFolder={onOpenFolder}
        hrefOf={props.hrefOf}
        opened={props.opened}
        viewing={props.viewing}
        access={props.access}
        pendingFocus={pendingFocus}
      />
    </main>
  )
}

/**
 * Set while the keyboard is on its way to the rows of a folder that was opened. The browser's history leads
 * it there as well, also out of the tree; but not out of a field.
 */
function usePendingFocus(main: RefObject<HTMLElement | null>) {
  const wish = useRef(false)
  useEffect(() => {
    const ending = new AbortController()
    const follow = () => {
      // The router, which listens for longer, has drawn the other folder by now.
      if (isTypedIn(document.activeElement) || isDialogOpen()) return
      const target = findTabStop(main.current)
      wish.current = target === null
      target?.focus({ preventScroll: true })
    }
    window.addEventListener('popstate', follow, { signal: ending.signal })
    return () => ending.abort()
  }, [main])
  return wish
}

/** The folder that was shown before this one. */
function useCameFrom(folder: FolderPath): FolderPath | null {
  const [way, setWay] = useState<{ to: FolderPath; from: FolderPath | null }>({
    to: folder,
    from: null,
  })
  if (way.to !== folder) setWay({ to: folder, from: way.to })
  return way.to === folder ? way.from : way.to
}

/** A filter belongs to the folder it was typed in: the next folder begins without one, another page keeps it. */
function useFolderFilter(viewState: FilesViewState, folder: FolderPath) {
  const [filter, setFilter] = useState(viewState.filter)
  const change = (text: string) => {
    viewState.filter = { folder, text }
    setFilter(viewState.filter)
  }
  return [filter.folder === folder ? filter.text : '', change] as const
}

/** What was asked for is answered in words too: a list that did not change looks like one not read. */
function useRefresh(onRefresh: () => Promise<void>) {
  const [isRunning, setIsRunning] = useState(false)
  async function start() {
    setIsRunning(true)
    announce(
      await onRefresh().then(
        () => 'Up to date',
        async (error: unknown) => (await readError(error)).title,
      ),
    )
    setIsRunning(false)
  }
  return { isRunning, start: () => void (isRunning || start()) }
}
