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

/**
 * React keys for a window that moves over a long list: what stays keeps its element, what comes takes the
 * element of what went. Making and throwing away elements is most of what scrolling costs.
 */
export function createRecycledKeys(): (shown: readonly string[]) => number[] {
  let taken = new Map<string, number>()
  let made = 0
  return (shown) => {
    const next = new Map<string, number>()
    for (const name of shown) {
      const key = taken.get(name)
      if (key !== undefined) next.set(name, key)
      taken.delete(name)
    }
    const free = [...taken.values()]
    for (const name of shown) if (!next.has(name)) next.set(name, free.pop() ?? made++)
    taken = next
    return shown.map((name) => next.get(name) as number)
  }
}

/** The rows of a list at one moment. */
export type RowsLayout = {
  count: number
  /** px; all rows are equally high. */
  rowHeight: number
  /** What a row shows; stays while rows come and go around it. */
  keyAt: (row: number) => string | undefined
  /** The row that shows the key; -1 where none does. */
  rowOf: (key: string) => number
}

export type RowsChange = {
  before: RowsLayout
  after: RowsLayout
  /** How far the list was scrolled, and how much of it is seen, in px. */
  scrollTop: number
  viewport: number
}

/**
 * How far to scroll, in px, so that what a person looks at stays where it is although rows came, went or
 * moved: the row under the pointer, else that of the keyboard, else the first in sight that is still
 * there. At the top of the list what is new is seen coming in.
 *
 * @param meant rows of `before`; -1 for none
 */
export function anchoredOffset(
  change: RowsChange,
  meant: { pointerRow: number; focusRow: number },
): number {
  const { before, after, scrollTop, viewport } = change
  const { pointerRow, focusRow } = meant
  if (scrollTop <= 0) {
    const row = isInSight(focusRow, change) ? follow(focusRow, change) : -1
    return row < 0 ? 0 : offsetShowing(row, { ...change, rowHeight: after.rowHeight })
  }
  const first = Math.ceil(scrollTop / before.rowHeight)
  const end = Math.min(before.count, Math.ceil((scrollTop + viewport) / before.rowHeight))
  const inSight = Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step)
  for (const row of [pointerRow, focusRow, ...inSight]) {
    const now = isInSight(row, change) ? follow(row, change) : -1
    if (now >= 0) return Math.max(0, now * after.rowHeight - (row * before.rowHeight - scrollTop))
  }
  return scrollTop
}

/** The same where a person asked for another order: from its top, unless they selected a row in sight. */
export function rearrangedOffset(change: RowsChange, selectedRow: number): number {
  const isThere = isInSight(selectedRow, change) && follow(selectedRow, change) >= 0
  return isThere ? anchoredOffset(change, { pointerRow: selectedRow, focusRow: -1 }) : 0
}

function isInSight(row: number, { before, scrollTop, viewport }: RowsChange): boolean {
  const top = row * before.rowHeight - scrollTop
  return row >= 0 && top > -before.rowHeight && top < viewport
}

/** Where what a row showed is now; -1 where it is gone. */
function follow(row: number, { before, after }: RowsChange): number {
  const key = before.keyAt(row)
  if (key === undefined) return -1
  // Most changes are below what is seen.
  return after.keyAt(row) === key ? row : after.rowOf(key)
}
