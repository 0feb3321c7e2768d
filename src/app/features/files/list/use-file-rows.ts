import { useEffect, useMemo, useRef, useState } from 'react'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { FolderPlace } from '#app/features/files/folder/view-state.ts'
import type { Selection } from '#app/features/files/selection/selection.ts'
import type { Pictures } from '#app/features/files/thumbnails/use-pictures.ts'
import { useVisibleRows } from '#app/lib/virtual/use-visible-rows.ts'
import type { RowsLayout } from '#app/lib/virtual/virtual-rows.ts'
import { type EntryPlace, rowHeight } from './grid-row.tsx'

const headerHeight = 36
const tileHeight = 200
const nearEndRows = 10
/** Rows that stand for what is on its way. */
const pendingRows = 3

export type FileRowsOptions = {
  /** `undefined` for one that is there and not loaded. */
  entries: readonly (Entry | undefined)[]
  /** Every file of the folder is among `entries`, loaded or not. */
  isSized: boolean
  /** More rows come when the end is near. Off while a filter hides rows: it would ask without end. */
  loadsAtEnd: boolean
  /** The filter and the order that a person asked for. */
  arrangement: string
  selection: Selection
  view: 'list' | 'tiles'
  isNarrow: boolean
  /** Rows of tiles are as wide as their pictures want. */
  pictures: Pictures | null
  /** Where to begin; what it becomes is told while scrolling. */
  place: FolderPlace
  onScroll: (change: Pick<FolderPlace, 'scrollOffset' | 'topKey'>) => void
  /** Set while the keyboard is on its way to a row that is not drawn yet. */
  pendingFocus: { current: boolean }
  scroller: HTMLElement | null
}

type DrawnEntry = { index: number; place: EntryPlace }

/** Which entries are drawn now and where, in rows of one or, as tiles, of several. */
export function useFileRows(props: FileRowsOptions) {
  const { entries, selection, scroller, pendingFocus, onScroll } = props
  const isTiles = props.view === 'tiles'
  const columns = useTileColumns(scroller, isTiles ? narrowestTile : null)
  const height = isTiles ? tileHeight : rowHeight(props.isNarrow)
  const activeIndex = useActiveIndex(props)
  const rowCount = Math.ceil(entries.length / columns)
  const hasMore = props.loadsAtEnd && !props.isSized
  const count = rowCount + (hasMore ? pendingRows : 0)
  const layout = useMemo((): RowsLayout => {
    const keyAt = (row: number) => entries[row * columns]?.key
    const rowOf = (key: string) => Math.floor(indexOf(entries, key) / columns)
    return { count, rowHeight: height, keyAt, rowOf }
  }, [entries, columns, count, height])
  const initialOffset = useInitialOffset(layout, props.place)
  const visible = useVisibleRows({
    scroller,
    layout,
    headerHeight,
    keptRow: entries.length === 0 ? -1 : Math.floor(activeIndex / columns),
    isKeptChosen: selection.active !== null && selection.chosen.has(selection.active),
    arrangement: props.arrangement,
    initialOffset,
    initialRow: props.place.isActiveNew ? Math.floor(activeIndex / columns) : undefined,
    onScroll: useMemo(() => {
      const { keyAt } = layout
      return (scrollOffset: number) =>
        onScroll({ scrollOffset, topKey: keyAt(Math.floor(scrollOffset / height)) ?? null })
    }, [layout, height, onScroll]),
  })

  const places = isTiles ? tilePlaces(visible.rows, { entries, columns }, props.pictures) : null
  const drawn = visible.rows.flatMap((row, at): DrawnEntry[] => {
    const first = row * columns
    const place = { top: row * height, height }
    if (row >= rowCount) return [{ index: first, place }]
    return entries.slice(first, first + columns).map((_, column) => ({
      index: first + column,
      place: { ...place, ...places?.[at]?.[column] },
    }))
  })

  return {
    drawn,
    activeIndex,
    height: visible.height,
    /** The entries in sight and a few beyond, without the one that has the keyboard elsewhere. */
    range: { first: visible.firstRow * columns, end: (visible.lastRow + 1) * columns },
    /** Brings a row into sight. */
    showRow: (index: number) => visible.show(Math.floor(index / columns)),
    isNearEnd: hasMore && visible.lastRow >= rowCount - nearEndRows,
    shape: () => ({ columns, pageRows: visible.pageRows() }),
    /** Brings a row into sight; it takes the focus when it is drawn. */
    focusRow(index: number) {
      visible.show(Math.floor(index / columns))
      const key = entries[index]?.key
      if (key === undefined) return
      // The row that has the keyboard already will not change, and so not ask for the focus.
      const row = index === activeIndex ? findRow(scroller, key) : null
      if (row) row.focus({ preventScroll: true })
      else pendingFocus.current = true
    },
  }
}

function indexOf(entries: readonly (Entry | undefined)[], key: string | null): number {
  return entries.findIndex((entry) => entry?.key === key)
}

/** The row that Tab reaches. Where it is gone, as a file that was deleted, the one that took its place. */
function useActiveIndex({ entries, selection, arrangement }: FileRowsOptions): number {
  const last = useRef({ index: 0, arrangement })
  const index = useMemo(() => {
    const { active } = selection
    const before = last.current
    // Most changes are behind it.
    if (entries[before.index]?.key === active) return before.index
    const found = active === null ? 0 : indexOf(entries, active)
    if (found >= 0) return found
    return arrangement === before.arrangement
      ? Math.max(0, Math.min(before.index, entries.length - 1))
      : 0
  }, [entries, selection, arrangement])
  useEffect(() => {
    last.current = { index, arrangement }
  })
  return index
}

/** Where a person was: what they saw at the top, however many rows have come above it since. */
function useInitialOffset(layout: RowsLayout, { topKey, scrollOffset }: FolderPlace): number {
  const [offset] = useState(() => {
    const row = topKey === null ? -1 : layout.rowOf(topKey)
    return row < 0 ? scrollOffset : row * layout.rowHeight + (scrollOffset % layout.rowHeight)
  })
  return offset
}

/** Of each row that is drawn where its tiles stand: side by side, over the whole width. */
function tilePlaces(
  rows: readonly number[],
  { entries, columns }: { entries: FileRowsOptions['entries']; columns: number },
  pictures: Pictures | null,
) {
  const shown = rows.map((row) => entries.slice(row * columns, (row + 1) * columns))
  const widths = pictures?.widths.read(shown.map((row) => (row.length < columns ? [] : row)))
  return shown.map((row, at) => {
    const parts = widths?.[at] ?? []
    let before = 0
    return row.map((_, column) => {
      const part = parts[column] ?? 1 / columns
      const place = {
        width: `calc((100% - 16px) * ${part})`,
        left: `calc(8px + (100% - 16px) * ${before})`,
      }
      before += part
      return place
    })
  })
}

function findRow(list: HTMLElement | null, key: string): HTMLElement | null {
  return list?.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? null
}

const narrowestTile = 172

/** How many tiles of a width fit side by side in the element; 1 while tiles are not shown. */
function useTileColumns(element: HTMLElement | null, narrowest: number | null): number {
  const [columns, setColumns] = useState(4)
  useEffect(() => {
    if (narrowest === null || !element) return
    const observer = new ResizeObserver(() => {
      setColumns(Math.max(1, Math.floor(element.clientWidth / narrowest)))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [element, narrowest])
  return narrowest === null ? 1 : columns
}
