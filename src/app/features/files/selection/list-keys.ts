/** What a key asks of the list; `index` is a row. */
export type ListStep = { do: 'move' | 'extend'; index: number }

export type ListPlace = {
  index: number
  count: number
  /** Rows on one screen. */
  pageRows: number
  /** Entries side by side: 1 in the list, more among tiles. */
  columns: number
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey'>

/**
 * The keys that move in the list. Null for all others: letters are `typeahead`'s, and what is done with
 * rows has its keys in the registry of actions.
 */
export function readListKey(press: KeyPress, place: ListPlace): ListStep | null {
  const target = targetOf(press.key, place)
  if (target === null || place.count === 0) return null
  const index = Math.min(Math.max(target, 0), place.count - 1)
  return { do: press.shiftKey ? 'extend' : 'move', index }
}

function targetOf(key: string, { index, count, pageRows, columns }: ListPlace): number | null {
  switch (key) {
    case 'ArrowDown':
      // From the last row but one the last, shorter row of tiles must still be reached.
      return index + columns < count || isLastRow(index, count, columns)
        ? stay(index, index + columns, count)
        : count - 1
    case 'ArrowUp':
      return index < columns ? index : index - columns
    case 'ArrowRight':
      return columns > 1 ? index + 1 : null
    case 'ArrowLeft':
      return columns > 1 ? index - 1 : null
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'PageDown':
      return index + pageRows * columns
    case 'PageUp':
      return index - pageRows * columns
    default:
      return null
  }
}

function isLastRow(index: number, count: number, columns: number): boolean {
  return Math.floor(index / columns) === Math.floor((count - 1) / columns)
}

function stay(index: number, wanted: number, count: number): number {
  return wanted < count ? wanted : index
}
