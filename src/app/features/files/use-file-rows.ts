import { useMemo } from 'react'
import { useVisibleRows } from '#app/lib/use-visible-rows.ts'
import type { Entry } from './entry.ts'
import type { FolderPlace } from './files-memory.ts'
import { rowHeight } from './list-columns.ts'
import type { EntryPlace } from './row-props.ts'
import type { Selection } from './selection.ts'
import { useTileColumns } from './use-tile-columns.ts'

const headerHeight = 36
const tileHeight = 164
const nearEndRows = 12
/** Rows that stand for what is on its way. */
const pendingRows = 3

export type FileRowsParts = {
  entries: readonly Entry[]
  /** Every file of the folder is among `entries`, so that their number is known. */
  isComplete: boolean
  /** More rows come when the end is near. Off while a filter hides rows: it would ask without end. */
  loadsAtEnd: boolean
  selection: Selection
  view: 'list' | 'tiles'
  isNarrow: boolean
  /** Where to begin; what it becomes is told while scrolling. */
  place: FolderPlace
  onScroll: (offset: number) => void
  /** Set while the keyboard is on its way to a row that is not drawn yet. */
  focusWish: { current: boolean }
  scroller: HTMLElement | null
}

type DrawnEntry = { index: number; place: EntryPlace }

/** Which entries are drawn now and where, in rows of one or, as tiles, of several. */
export function useFileRows(props: FileRowsParts) {
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

function useActiveIndex({ entries, selection }: FileRowsParts): number {
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
