import { useState } from 'react'
import type { RowProps } from './row-props.ts'

/**
 * Whether a row has its buttons now. Those of rows that nobody points at, stands on or has chosen would be
 * two thirds of what a long list is made of. A row that scrolls by under a still pointer is not pointed at.
 */
export function useRowActions({ entry, isActive, isSelected, alwaysHasActions }: RowProps) {
  // Its key, because the element of the row may go on to show another one.
  const [pointedAt, setPointedAt] = useState<string | null>(null)
  const hasActions = pointedAt === entry.key || isActive || isSelected || alwaysHasActions
  return {
    hasActions: hasActions && entry.kind === 'file',
    pointerProps: {
      onPointerMove: () => setPointedAt(entry.key),
      onPointerLeave: () => setPointedAt(null),
    },
  }
}
