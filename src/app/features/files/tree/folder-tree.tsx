import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Queries } from '#app/api/cache/queries.ts'
import { useErrorText } from '#app/features/files/folder/use-error-text.ts'
import type { FilesViewState } from '#app/features/files/folder/view-state.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { useVisibleRows } from '#app/lib/virtual/use-visible-rows.ts'
import type { RowsLayout } from '#app/lib/virtual/virtual-rows.ts'
import { Button } from '#app/ui/button.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { FolderNode } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { flattenTree, foldersAbove, type TreeLine } from './flatten-tree.ts'
import { TreeItem } from './tree-item.tsx'
import { useTreeKeys } from './tree-keys.ts'

export type FolderTreeProps = {
  folder: FolderPath
  /** Whether the screen shows that folder, or something else, as the trash. */
  isShown?: boolean
  queries: Queries
  viewState: FilesViewState
  onOpenFolder: (folder: FolderPath) => void
}

/** The tree `Folders`: fills its parent and scrolls by itself. */
export function FolderTree({ queries, ...rest }: FolderTreeProps) {
  const tree = useQuery(queries.tree())
  const text = useErrorText(tree.error)
  if (tree.data) return <TreeLines root={tree.data} {...rest} />
  if (tree.error) {
    return (
      <div role="alert" className="flex flex-col items-start gap-2 p-3 text-sm">
        <p className="font-medium">The folders could not be listed</p>
        <p className="text-muted">{text?.title}</p>
        <Button size="small" isPending={tree.isFetching} onClick={() => void tree.refetch()}>
          Try again
        </Button>
      </div>
    )
  }
  return (
    <div aria-busy="true" className="flex flex-col gap-5 p-3 pt-3.5">
      {['w-20', 'ml-4 w-28', 'ml-4 w-16', 'ml-4 w-24'].map((shape) => (
        <Skeleton key={shape} className={`h-3 ${shape}`} />
      ))}
    </div>
  )
}

type TreeLinesProps = {
  root: FolderNode
  folder: FolderPath
  isShown?: boolean
  viewState: FilesViewState
  onOpenFolder: (folder: FolderPath) => void
}

/** The folders that are in sight, of however many there are. */
export function TreeLines({
  root,
  folder,
  isShown = true,
  viewState,
  onOpenFolder,
}: TreeLinesProps) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const pendingFocus = useRef(false)
  const branches = useExpanded(viewState, folder)
  const lines = useMemo(() => flattenTree(root, branches.expanded), [root, branches.expanded])
  const [active, setActive] = useActiveLine(folder)
  const activeIndex = useIndexOf(lines, active, folder)
  const height = useMediaQuery('(pointer: coarse)') ? 44 : 30
  const layout = useMemo(
    (): RowsLayout => ({
      count: lines.length,
      rowHeight: height,
      keyAt: (row) => lines[row]?.path,
      rowOf: (key) => lines.findIndex((line) => line.path === key),
    }),
    [lines, height],
  )
  const visible = useVisibleRows({ scroller, layout, keptRow: activeIndex })
  useShowCurrent(lines, folder, visible.show)

  const handleKeyDown = useTreeKeys({
    lines,
    activeIndex,
    pageLines: visible.pageRows,
    branches,
    onOpenFolder,
    focusLine(index) {
      pendingFocus.current = index !== activeIndex
      visible.show(index)
      setActive(lines[index]?.path ?? folder)
    },
  })
  return (
    <div ref={setScroller} className="scroll-area h-full px-2 py-1.5 [overflow-anchor:none]">
      <div
        role="tree"
        aria-label="Folders"
        tabIndex={-1}
        onKeyDown={handleKeyDown}
        className="relative outline-none"
        style={{ height: visible.height }}
      >
        {visible.rows.map((index) => {
          const line = lines[index]
          if (!line) return null
          return (
            <TreeItem
              key={line.path}
              line={line}
              isCurrent={isShown && line.path === folder}
              isActive={index === activeIndex}
              pendingFocus={pendingFocus}
              style={{ height, top: index * height }}
              onFocus={() => setActive(line.path)}
              onOpen={() => onOpenFolder(line.path)}
              onToggle={() => {
                if (line.isExpanded) branches.close(line.path)
                else branches.open([line.path])
              }}
            />
          )
        })}
      </div>
    </div>
  )
}

/** The line that Tab reaches: where the keyboard was, until another folder is gone to. */
function useActiveLine(folder: FolderPath): [FolderPath, (path: FolderPath) => void] {
  const [active, setActive] = useState({ folder, path: folder })
  return [active.folder === folder ? active.path : folder, (path) => setActive({ folder, path })]
}

/** The line with the keyboard; where it is closed away, the current folder's, else the root. */
function useIndexOf(lines: readonly TreeLine[], active: FolderPath, folder: FolderPath): number {
  return useMemo(() => {
    const index = lines.findIndex((line) => line.path === active)
    if (index !== -1) return index
    return Math.max(
      lines.findIndex((line) => line.path === folder),
      0,
    )
  }, [lines, active, folder])
}

/** Scrolls to the current folder when it becomes another one, not when the tree changes around it. */
function useShowCurrent(
  lines: readonly TreeLine[],
  folder: FolderPath,
  show: (index: number) => void,
) {
  const shown = useRef<FolderPath | null>(null)
  useEffect(() => {
    if (shown.current === folder) return
    const index = lines.findIndex((line) => line.path === folder)
    if (index === -1) return
    shown.current = folder
    show(index)
  })
}

/** Which folders of the tree are open, remembered while the tree is not shown. */
function useExpanded(viewState: FilesViewState, folder: FolderPath) {
  const [shownFor, setShownFor] = useState<FolderPath | null>(null)
  const [expanded, setExpanded] = useState(viewState.expanded)

  function change(next: ReadonlySet<string>) {
    viewState.expanded = next
    setExpanded(next)
  }
  // A folder that was just gone to is shown; closing what is above it afterwards is allowed.
  if (shownFor !== folder) {
    setShownFor(folder)
    const above = foldersAbove(folder)
    if (above.some((path) => !expanded.has(path))) change(new Set([...expanded, ...above]))
  }
  return {
    expanded,
    open: (paths: readonly FolderPath[]) => change(new Set([...expanded, ...paths])),
    close: (path: FolderPath) => change(new Set([...expanded].filter((other) => other !== path))),
  }
}
