import type { Entry } from './entry.ts'

/** Plain values, so that a row that did not change is not drawn again. */
export type EntryPlace = { top: number; height: number; left?: string; width?: string }

/** What a list row and a tile are given alike. */
export type RowProps = EntryPlace & {
  entry: Entry
  /** From 1; the header is row 1. */
  rowIndex: number
  isSelected: boolean
  /** The row that Tab reaches. */
  isActive: boolean
  /** Set by the list when the keyboard moves: the row takes the focus once it is there. */
  focusWish: { current: boolean }
  isNarrow: boolean
  /** Without a pointer that hovers, or room for a hint where to hover, the buttons are always there. */
  alwaysHasActions: boolean
  onToggle: (key: string, how: { isRange: boolean }) => void
}
