import { useEffect, useMemo, useRef, useState } from 'react'
import type { RowsLayout } from '#app/lib/anchored-offset.ts'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { useVisibleRows } from '#app/lib/use-visible-rows.ts'
import type { FolderNode } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { FilesMemory } from './files-memory.ts'
import { flattenTree, type TreeLine } from './flatten-tree.ts'
import { TreeItem } from './tree-item.tsx'
import { useExpanded } from './use-expanded.ts'
import { useTreeKeys } from './use-tree-keys.ts'

export type TreeLinesProps = {
  root: FolderNode
  folder: FolderPath
  memory: FilesMemory
  onOpenFolder: (folder: FolderPath) => void
}

/** The folders that are in sight, of however many there are. */
export function TreeLines({ root, folder, memory, onOpenFolder }: TreeLinesProps) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const focusWish = useRef(false)
  const branches = useExpanded(memory, folder)
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
      focusWish.current = index !== activeIndex
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
              isCurrent={line.path === folder}
              isActive={index === activeIndex}
              focusWish={focusWish}
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
