import { RefreshCw } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import type { Queries } from '#app/api/queries.ts'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { useStoredChoice } from '#app/lib/use-stored-choice.ts'
import { visibleName } from '#app/lib/visible-name.ts'
import { IconButton } from '#app/ui/icon-button.tsx'
import { type FolderPath, folderName } from '#contract/folder-path.ts'
import { type Sorting, serverOrder } from './arrange-entries.ts'
import { FileFilter } from './file-filter.tsx'
import type { FilesMemory } from './files-memory.ts'
import { rootName } from './flatten-tree.ts'
import { FolderPathNav } from './folder-path-nav.tsx'
import { FolderView } from './folder-view.tsx'
import { useFolder } from './use-folder.ts'
import { ViewToggle, views } from './view-toggle.tsx'

export type FilesPageProps = {
  folder: FolderPath
  queries: Queries
  memory: FilesMemory
  hrefOf: (folder: FolderPath) => string
  onOpenFolder: (folder: FolderPath) => void
  /** Asks the server for this folder and the tree anew. */
  onRefresh: () => void
  /** Before the path: the button that opens the drawer, on narrow screens. */
  start?: ReactNode
  /** The buttons that bring files in. */
  actions: ReactNode
  emptyHint: ReactNode
}

/** A folder: where it is, what can be done in it, and what it holds. */
export function FilesPage(props: FilesPageProps) {
  const { folder, queries, memory, onOpenFolder } = props
  const listing = useFolder(queries, folder)
  const isNarrow = useMediaQuery('(width < 48rem)')
  const [view, setView] = useStoredChoice('barkeep.view', views)
  const [sorting, setSorting] = useState<Sorting>(serverOrder)
  const [filter, setFilter] = useFolderFilter(folder)
  const focusWish = useRef(false)
  const main = useRef<HTMLElement>(null)

  return (
    <main ref={main} className="flex min-h-0 min-w-0 grow flex-col">
      <h1 className="sr-only">{folder === '/' ? rootName : visibleName(folderName(folder))}</h1>
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-3 py-2 lg:h-13 lg:flex-nowrap lg:py-0">
        <div className="flex min-w-0 basis-full items-center gap-1 lg:grow lg:basis-0">
          {props.start}
          <FolderPathNav
            folder={folder}
            hrefOf={props.hrefOf}
            onOpenFolder={onOpenFolder}
            maxSteps={isNarrow ? 3 : 5}
          />
        </div>
        <div className="flex min-w-0 grow items-center gap-2 lg:grow-0">
          <FileFilter
            value={filter}
            onChange={setFilter}
            onLeave={() =>
              main.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus()
            }
          />
          <ViewToggle view={view} onChange={setView} />
          <IconButton
            label="Refresh"
            icon={<RefreshCw className={listing.isRefreshing ? 'animate-spin' : ''} />}
            onClick={props.onRefresh}
            className="max-sm:hidden"
          />
          {props.actions}
        </div>
      </header>
      <FolderView
        key={folder}
        folder={folder}
        listing={listing}
        memory={memory}
        filter={filter}
        onFilterChange={setFilter}
        sorting={sorting}
        onSort={setSorting}
        view={isNarrow ? 'list' : view}
        onOpenFolder={onOpenFolder}
        emptyHint={props.emptyHint}
        focusWish={focusWish}
      />
    </main>
  )
}

/** A filter belongs to the folder it was typed in: the next folder begins without one. */
function useFolderFilter(folder: FolderPath): [string, (text: string) => void] {
  const [filter, setFilter] = useState({ folder, text: '' })
  const text = filter.folder === folder ? filter.text : ''
  return [text, (next) => setFilter({ folder, text: next })]
}
