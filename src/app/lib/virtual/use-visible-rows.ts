import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import {
  anchoredOffset,
  offsetShowing,
  type RowRange,
  type RowsLayout,
  rearrangedOffset,
  rowsWith,
  visibleRows,
} from './virtual-rows.ts'

export type VisibleRowsOptions = {
  /** The element that scrolls; null until it is there. State, not a ref: a ref to a parent comes too late. */
  scroller: HTMLElement | null
  /** A new object when, and only when, rows come, go, move or change their height. */
  layout: RowsLayout
  /** Above the rows, inside what scrolls, and staying in sight: px. */
  headerHeight?: number
  /** A row that stays drawn out of sight; -1 for none. */
  keptRow: number
  /** Where to begin, and a row that must be seen then; read once. */
  initialOffset?: number
  initialRow?: number | undefined
  onScroll?: (offset: number) => void
  /** What a person asked to see, and in which order: another one begins at the top, or at the row they chose. */
  arrangement?: string
  /** The kept row is one that the person chose. */
  isKeptChosen?: boolean
}

const overscan = 6
const block = 8

/**
 * Which rows of a long list exist just now: those in sight. Renders again only when they change, and
 * scrolls with the row under the pointer, under the keyboard or at the top where others come above it.
 */
export function useVisibleRows(parts: VisibleRowsOptions) {
  const { scroller, layout, headerHeight = 0, keptRow, initialOffset = 0, onScroll } = parts
  const { count, rowHeight } = layout
  // Kept, because asking the page for them would make it lay everything out.
  const seen = useRef({ scrollTop: initialOffset, viewport: window.innerHeight - headerHeight })
  const [range, setRange] = useState<RowRange>(() =>
    visibleRows({ ...seen.current, rowHeight, count, overscan, block }),
  )
  const drawn = useRef(range)
  const draw = useCallback(() => {
    const next = visibleRows({ ...seen.current, rowHeight, count, overscan, block })
    // A block fewer now would be made again with the next few rows that are passed.
    const most = drawn.current.last - drawn.current.first
    if (most - (next.last - next.first) <= block) {
      next.last = Math.max(next.last, Math.min(next.first + most, count - 1))
    }
    // React would look at the whole list before it finds that nothing changed.
    if (next.first === drawn.current.first && next.last === drawn.current.last) return
    drawn.current = next
    setRange(next)
  }, [rowHeight, count])
  const scrollTo = (offset: number) => {
    if (!scroller || offset === seen.current.scrollTop) return
    seen.current.scrollTop = offset
    scroller.scrollTop = offset
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: where to begin is read once
  useLayoutEffect(() => {
    if (!scroller) return
    seen.current.viewport = scroller.clientHeight - headerHeight
    const { initialRow } = parts
    const shape = { ...seen.current, scrollTop: initialOffset, rowHeight }
    const begin = initialRow === undefined ? initialOffset : offsetShowing(initialRow, shape)
    seen.current.scrollTop = begin
    if (begin > 0) scroller.scrollTop = begin
    draw()
  }, [scroller])

  useLayoutEffect(() => {
    if (!scroller) return
    const handleScroll = () => {
      seen.current.scrollTop = scroller.scrollTop
      onScroll?.(seen.current.scrollTop)
      // Scroll events come just before a frame: in slices of their own the rows would come after it.
      flushSync(draw)
    }
    const observer = new ResizeObserver(() => {
      seen.current.viewport = scroller.clientHeight - headerHeight
      draw()
    })
    observer.observe(scroller)
    scroller.addEventListener('scroll', handleScroll, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', handleScroll)
    }
  }, [scroller, headerHeight, onScroll, draw])

  const pointerY = usePointerY(scroller)
  const before = useRef(parts)
  useLayoutEffect(() => {
    const last = before.current
    before.current = parts
    if (!scroller || last.layout === layout) return
    scrollTo(offsetAfterChange(last, parts, { ...seen.current, pointerY: pointerY.current }))
    draw()
  })

  // Rows that are no more are not drawn until the range is read again.
  const there = { first: range.first, last: Math.min(range.last, count - 1) }
  return {
    rows: rowsWith(there, keptRow < count ? keptRow : -1),
    firstRow: there.first,
    lastRow: there.last,
    height: count * rowHeight,
    /** Whole rows on one screen. */
    pageRows: () => Math.max(1, Math.floor(seen.current.viewport / rowHeight) - 1),
    show: (row: number) => scrollTo(offsetShowing(row, { ...seen.current, rowHeight })),
  }
}

function offsetAfterChange(
  last: VisibleRowsOptions,
  { scroller, layout, arrangement, headerHeight = 0 }: VisibleRowsOptions,
  { pointerY, ...seen }: { scrollTop: number; viewport: number; pointerY: number | null },
): number {
  const change = { before: last.layout, after: layout, ...seen }
  if (last.arrangement !== arrangement) {
    return rearrangedOffset(change, last.isKeptChosen ? last.keptRow : -1)
  }
  // At the top the pointer does not matter, and asking where it is would make the page lay everything out.
  const isPointed = pointerY !== null && scroller !== null && seen.scrollTop > 0
  const top = isPointed ? scroller.getBoundingClientRect().top + headerHeight : 0
  const isOverRows = isPointed && pointerY >= top
  const pointed = isOverRows ? (seen.scrollTop + pointerY - top) / last.layout.rowHeight : -1
  const hasFocus = scroller?.contains(document.activeElement)
  const focusRow = hasFocus ? last.keptRow : -1
  return anchoredOffset(change, { pointerRow: Math.floor(pointed), focusRow })
}

/** Where the pointer is over the element, in px of the window; null while it is elsewhere or keys are used. */
function usePointerY(element: HTMLElement | null): RefObject<number | null> {
  const y = useRef<number | null>(null)
  useEffect(() => {
    const ending = new AbortController()
    const options = { signal: ending.signal, passive: true }
    const forget = () => {
      y.current = null
    }
    element?.addEventListener('pointermove', (event) => (y.current = event.clientY), options)
    element?.addEventListener('pointerleave', forget, options)
    element?.addEventListener('keydown', forget, options)
    return () => ending.abort()
  }, [element])
  return y
}
