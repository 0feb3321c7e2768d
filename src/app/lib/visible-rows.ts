export type RowsShape = {
  /** How far the list is scrolled, and how much of it is seen, in px. */
  scrollTop: number
  viewport: number
  rowHeight: number
  count: number
  /** Rows drawn beyond each edge at the least, so that scrolling does not show gaps. */
  overscan: number
  /** Rows come and go so many at a time: most scroll events then change nothing. */
  block: number
}

export type RowRange = { first: number; last: number }

/** The rows to draw, both ends included; `last` is -1 where there are none. */
export function visibleRows(shape: RowsShape): RowRange {
  const { scrollTop, viewport, rowHeight, count, overscan, block } = shape
  const top = Math.floor(Math.max(0, scrollTop) / rowHeight) - overscan
  const bottom = Math.floor(Math.max(0, scrollTop + viewport) / rowHeight) + overscan
  const first = Math.floor(top / block) * block
  const last = Math.ceil((bottom + 1) / block) * block - 1
  return {
    // A list that got shorter may be scrolled beyond its end until the browser notices.
    first: Math.max(0, Math.min(first, count - 1)),
    last: Math.min(last, count - 1),
  }
}

/** The rows of a range, with one more that must not go away (it may have the focus). */
export function rowsWith({ first, last }: RowRange, kept: number): number[] {
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => first + step)
  if (kept < 0 || (kept >= first && kept <= last)) return rows
  return kept < first ? [kept, ...rows] : [...rows, kept]
}

/** How far to scroll so that a row is in sight: as little as needed. */
export function offsetShowing(
  row: number,
  shape: Pick<RowsShape, 'scrollTop' | 'viewport' | 'rowHeight'>,
): number {
  const top = row * shape.rowHeight
  if (top < shape.scrollTop) return top
  return Math.max(shape.scrollTop, top + shape.rowHeight - shape.viewport)
}
