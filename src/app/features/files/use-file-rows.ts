import { useMemo } from 'react'
import { useVisibleRows } from '#app/lib/use-visible-rows.ts'
import type { FileListProps } from './file-list.tsx'
import { rowHeight } from './list-columns.ts'
import { useTileColumns } from './use-tile-columns.ts'

const headerHeight = 36
const tileHeight = 156
const nearEndRows = 12
/** Rows that stand for what is on its way. */
const pendingRows = 3

/** Plain values, so that a row that did not change is not drawn again. */
export type EntryPlace = { top: number; height: number; left?: string; width?: string }

type DrawnEntry = { index: number; place: EntryPlace }

/** Which entries are drawn now and where, in rows of one or, as tiles, of several. */
export function useFileRows(props: FileListProps) {
  const { entries, selection, scroller, focusWish } = props
  const isTiles = props.view === 'tiles'
  const columns = useTileColumns(scroller, isTiles)
  const height = isTiles ? tileHeight : rowHeight(props.isNarrow)
  const activeIndex = useActiveIndex(props)
  const rowCount = Math.ceil(entries.length / columns)
  const hasMore = props.loadsAtEnd && !props.isComplete
  const keptRow = entries.length === 0 ? -1 : Math.floor(activeIndex / columns)
  const visible = useVisibleRows({
    scroller,
    count: rowCount + (hasMore ? pendingRows : 0),
    rowHeight: height,
    headerHeight,
    keptRow,
    initialOffset: props.place.scrollOffset,
    onScroll: props.onScroll,
  })

  const drawn = visible.rows.flatMap((row): DrawnEntry[] => {
    const first = row * columns
    const place = { top: row * height, height }
    if (row >= rowCount) return [{ index: first, place }]
    return entries.slice(first, first + columns).map((_, column) => ({
      index: first + column,
      place: isTiles ? { ...place, ...tilePlace(column, columns) } : place,
    }))
  })

  return {
    drawn,
    activeIndex,
    height: visible.height,
    isNearEnd: hasMore && visible.lastRow >= rowCount - nearEndRows,
    shape: () => ({ columns, pageRows: visible.pageRows() }),
    /** Brings a row into sight; it takes the focus when it is drawn. */
    focusRow(index: number) {
      visible.show(Math.floor(index / columns))
      const key = entries[index]?.key
      if (key === undefined) return
      // The row that has the keyboard already will not change, and so not ask for the focus.
      if (key !== selection.active) focusWish.current = true
      else findRow(scroller, key)?.focus({ preventScroll: true })
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

function tilePlace(column: number, columns: number) {
  const width = `calc((100% - 16px) / ${columns})`
  return { width, left: `calc(8px + (100% - 16px) / ${columns} * ${column})` }
}

function findRow(list: HTMLElement | null, key: string): HTMLElement | null {
  return list?.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? null
}
