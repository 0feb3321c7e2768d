import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, useEffect, useMemo } from 'react'
import type { FileListProps } from './file-list.tsx'
import { rowHeight } from './list-columns.ts'
import { useKeptRange } from './use-kept-range.ts'
import { useTileColumns } from './use-tile-columns.ts'

const headerHeight = 36
const tileHeight = 156
const nearEndRows = 12
/** Rows that stand for what is on its way. */
const pendingRows = 3

type DrawnEntry = { index: number; style: CSSProperties }

/** Which entries are drawn now and where, in rows of one or, as tiles, of several. */
export function useFileRows(props: FileListProps) {
  const { entries, selection, scrollRef, focusWish } = props
  const isTiles = props.view === 'tiles'
  const columns = useTileColumns(scrollRef, isTiles)
  const height = isTiles ? tileHeight : rowHeight(props.isNarrow)
  const activeIndex = useActiveIndex(props)
  const rowCount = Math.ceil(entries.length / columns)
  const hasMore = props.loadsAtEnd && !props.isComplete
  const virtualizer = useVirtualizer({
    count: rowCount + (hasMore ? pendingRows : 0),
    getScrollElement: () => scrollRef.current,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
    initialOffset: props.place.scrollOffset,
    rangeExtractor: useKeptRange(Math.floor(activeIndex / columns)),
    onChange: ({ scrollOffset }) => props.onScroll(scrollOffset ?? 0),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew
  useEffect(() => virtualizer.measure(), [virtualizer, height])

  const items = virtualizer.getVirtualItems()
  const drawn = items.flatMap((item): DrawnEntry[] => {
    const top = `translateY(${item.start - headerHeight}px)`
    if (item.index >= rowCount) {
      return [{ index: item.index * columns, style: { height, transform: top } }]
    }
    const first = item.index * columns
    return entries.slice(first, first + columns).map((_, column) => ({
      index: first + column,
      style: isTiles ? tileStyle({ column, columns, height, top }) : { height, transform: top },
    }))
  })

  return {
    drawn,
    activeIndex,
    height: virtualizer.getTotalSize(),
    isNearEnd: hasMore && (items.at(-1)?.index ?? 0) >= rowCount - nearEndRows,
    shape: {
      columns,
      pageRows: Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / height) - 1),
    },
    /** Brings a row into sight; it takes the focus when it is drawn. */
    focusRow(index: number) {
      virtualizer.scrollToIndex(Math.floor(index / columns))
      const key = entries[index]?.key
      if (key === undefined) return
      // The row that has the keyboard already will not change, and so not ask for the focus.
      if (key !== selection.active) focusWish.current = true
      else findRow(scrollRef.current, key)?.focus({ preventScroll: true })
    },
  }
}

function useActiveIndex({ entries, selection }: FileListProps): number {
  return useMemo(
    () =>
      Math.max(
        entries.findIndex((entry) => entry.key === selection.active),
        0,
      ),
    [entries, selection.active],
  )
}

function tileStyle(at: { column: number; columns: number; height: number; top: string }) {
  return {
    height: at.height,
    width: `calc((100% - 16px) / ${at.columns})`,
    left: `calc(8px + (100% - 16px) / ${at.columns} * ${at.column})`,
    transform: at.top,
  }
}

function findRow(list: HTMLElement | null, key: string): HTMLElement | null {
  return list?.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? null
}
