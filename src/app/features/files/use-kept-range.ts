import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'
import { useCallback } from 'react'

/** Keeps one row drawn while it is out of sight: it may have the focus, which would be lost with it. */
export function useKeptRange(row: number) {
  return useCallback(
    (range: Range) => {
      const indexes = defaultRangeExtractor(range)
      if (row >= range.count || indexes.includes(row)) return indexes
      return [...indexes, row].sort((one, other) => one - other)
    },
    [row],
  )
}
