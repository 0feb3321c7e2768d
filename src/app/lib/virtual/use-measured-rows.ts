import { useCallback, useLayoutEffect, useReducer, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRowSizes, heldOffset, type RowHeights, rowAt, topOf } from './measured-rows.ts'

export type MeasuredRowsOptions = {
  count: number
  keyAt: (index: number) => string
  /** -1 for a row that is gone. */
  indexOf: (key: string) => number
}

/** For rows that were never in sight, px. */
const guessedHeight = 41
const overscan = 12
const block = 4

/** Which rows of a long list of different heights exist just now: those in sight. */
export function useMeasuredRows({ count, keyAt, indexOf }: MeasuredRowsOptions) {
  const [sizes] = useState(() => createRowSizes(guessedHeight))
  const [, drawAgain] = useReducer((times: number) => times + 1, 0)
  const [range, setRange] = useState({ first: 0, last: 2 * overscan })
  const scroller = useRef<HTMLDivElement>(null)
  const seen = useRef({ scrollTop: 0, viewport: 0 })
  const heights = sizes.heights(count, indexOf)
  const last = Math.min(range.last, count - 1)
  const first = Math.min(range.first, Math.max(0, last))
  const rows = Array.from({ length: last - first + 1 }, (_, step) => first + step)

  const draw = (now: RowHeights) => {
    const { scrollTop, viewport } = seen.current
    const top = rowAt(now, scrollTop) - overscan
    const bottom = rowAt(now, scrollTop + viewport) + overscan
    const next = {
      first: Math.max(0, Math.floor(top / block) * block),
      last: Math.ceil((bottom + 1) / block) * block - 1,
    }
    if (next.first !== range.first || next.last !== range.last) setRange(next)
  }

  const before = useRef({ heights, rows: [] as { key: string; index: number }[] })
  const latest = useRef(draw)
  useLayoutEffect(() => {
    const change = { before: before.current.heights, after: heights, ...seen.current }
    const held = heldOffset(change, before.current.rows, indexOf)
    before.current = { heights, rows: rows.map((index) => ({ key: keyAt(index), index })) }
    latest.current = () => draw(heights)
    if (held !== seen.current.scrollTop && scroller.current) {
      seen.current.scrollTop = held
      scroller.current.scrollTop = held
    }
    draw(heights)
  })

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    let width = box.clientWidth
    const handleScroll = () => {
      seen.current.scrollTop = box.scrollTop
      latest.current(before.current.heights)
    }
    const observer = new ResizeObserver(() => {
      if (box.clientWidth !== width) sizes.forget()
      width = box.clientWidth
      seen.current.viewport = box.clientHeight
      latest.current(before.current.heights)
    })
    observer.observe(box)
    box.addEventListener('scroll', handleScroll, { passive: true })
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', handleScroll)
    }
  }, [sizes])

  const [rowObserver] = useState(
    () =>
      new ResizeObserver((entries) => {
        const measured = entries.map(({ target, borderBoxSize }) => ({
          key: (target as HTMLElement).dataset.row ?? '',
          height: target.isConnected ? (borderBoxSize[0]?.blockSize ?? 0) : 0,
        }))
        // Before it is painted: rows above those in sight may have turned out higher.
        if (sizes.measure(measured.filter(({ height }) => height > 0))) flushSync(drawAgain)
      }),
  )
  const observe = useCallback(
    (row: HTMLElement | null) => {
      if (row) rowObserver.observe(row)
      return () => void (row && rowObserver.unobserve(row))
    },
    [rowObserver],
  )
  return { scroller, observe, rows, top: topOf(heights, first), height: topOf(heights, count) }
}
