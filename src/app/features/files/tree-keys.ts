import type { TreeLine } from './flatten-tree.ts'

/** What a key asks for; `focus` is a line's index. */
export type TreeStep =
  | { do: 'focus'; index: number }
  | { do: 'expand' | 'collapse' | 'open'; index: number }
  | { do: 'expandSiblings'; index: number }

/**
 * The keyboard of the WAI-ARIA tree pattern. Null where the key is not the tree's, or has nothing
 * to do: Right on an end node stays where it is. Printing characters are `typeahead`'s.
 */
export function readTreeKey(
  key: string,
  place: { lines: readonly TreeLine[]; index: number; pageLines: number },
): TreeStep | null {
  const { lines, index, pageLines } = place
  const line = lines[index]
  if (!line) return null
  const focus = (wanted: number): TreeStep => ({
    do: 'focus',
    index: Math.min(Math.max(wanted, 0), lines.length - 1),
  })
  switch (key) {
    case 'ArrowDown':
      return focus(index + 1)
    case 'ArrowUp':
      return focus(index - 1)
    case 'Home':
      return focus(0)
    case 'End':
      return focus(lines.length - 1)
    case 'PageDown':
      return focus(index + pageLines)
    case 'PageUp':
      return focus(index - pageLines)
    case 'ArrowRight':
      if (!line.hasChildren) return null
      return line.isExpanded ? focus(index + 1) : { do: 'expand', index }
    case 'ArrowLeft':
      return line.isExpanded ? { do: 'collapse', index } : focusParent(lines, index)
    case '*':
      return { do: 'expandSiblings', index }
    case 'Enter':
    case ' ':
      return { do: 'open', index }
    default:
      return null
  }
}

function focusParent(lines: readonly TreeLine[], index: number): TreeStep | null {
  const level = lines[index]?.level ?? 1
  const parent = lines.findLastIndex((line, at) => at < index && line.level < level)
  return parent === -1 ? null : { do: 'focus', index: parent }
}
