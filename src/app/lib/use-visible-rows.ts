import { useLayoutEffect, useState } from 'react'
import { offsetShowing, type RowRange, rowsWith, visibleRows } from './visible-rows.ts'

export type VisibleRowsParts = {
  /** The element that scrolls; null until it is there. State, not a ref: a ref to a parent comes too late. */
  scroller: HTMLElement | null
  count: number
  /** px; all rows are equally high. */
  rowHeight: number
  /** Above the rows, inside what scrolls, and staying in sight: px. */
  headerHeight?: number
  /** A row that stays drawn out of sight; -1 for none. */
  keptRow: number
  /** Where to begin; read once. */
  initialOffset?: number
  onScroll?: (offset: number) => void
}

const overscan = 8

/** Which rows of a long list exist just now: those in sight. Renders again only when they change. */
export function useVisibleRows(parts: VisibleRowsParts) {
  const { scroller, count, rowHeight, headerHeight = 0, keptRow, initialOffset = 0 } = parts
  const { onScroll } = parts
  const [range, setRange] = useState<RowRange>(() =>
    visibleRows({
      scrollTop: initialOffset,
      viewport: window.innerHeight,
      rowHeight,
      count,
      overscan,
    }),
  )

  useLayoutEffect(() => {
    if (scroller && initialOffset > 0) scroller.scrollTop = initialOffset
  }, [scroller, initialOffset])

  useLayoutEffect(() => {
    if (!scroller) return
    const read = () => {
      const { scrollTop, clientHeight } = scroller
      const viewport = clientHeight - headerHeight
      const next = visibleRows({ scrollTop, viewport, rowHeight, count, overscan })
      setRange((now) => (now.first === next.first && now.last === next.last ? now : next))
    }
    const handleScroll = () => {
      onScroll?.(scroller.scrollTop)
      read()
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(scroller)
    scroller.addEventListener('scroll', handleScroll, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', handleScroll)
    }
  }, [scroller, count, rowHeight, headerHeight, onScroll])

  return {
    rows: rowsWith(range, keptRow < count ? keptRow : -1),
    lastRow: range.last,
    height: count * rowHeight,
    /** Whole rows on one screen. */
    pageRows: () => {
      const viewport = (scroller?.clientHeight ?? 0) - headerHeight
      return Math.max(1, Math.floor(viewport / rowHeight) - 1)
    },
    show(row: number) {
      if (!scroller) return
      const viewport = scroller.clientHeight - headerHeight
      scroller.scrollTop = offsetShowing(row, {
        scrollTop: scroller.scrollTop,
        viewport,
        rowHeight,
      })
    },
  }
}
