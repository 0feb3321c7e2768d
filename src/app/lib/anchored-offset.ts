import { offsetShowing } from './visible-rows.ts'

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
