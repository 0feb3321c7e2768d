import { type KeyboardEvent, useState } from 'react'
import { createTypeahead, isTyped } from '#app/features/files/selection/typeahead.ts'
import type { FolderPath } from '#contract/folder-path.ts'
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

/** Does what the tree's keys ask for: see `tree-keys.ts` for which those are. */
export function useTreeKeys(parts: {
  lines: readonly TreeLine[]
  activeIndex: number
  pageLines: () => number
  branches: { open(paths: readonly FolderPath[]): void; close(path: FolderPath): void }
  onOpenFolder: (folder: FolderPath) => void
  focusLine: (index: number) => void
}) {
  const [typeahead] = useState(createTypeahead)

  function take(step: TreeStep) {
    const line = parts.lines[step.index]
    if (!line) return
    switch (step.do) {
      case 'focus':
        return parts.focusLine(step.index)
      case 'open':
        return parts.onOpenFolder(line.path)
      case 'expand':
        return parts.branches.open([line.path])
      case 'collapse':
        return parts.branches.close(line.path)
      case 'expandSiblings':
        return parts.branches.open(siblingsOf(parts.lines, step.index))
    }
  }

  function handleLetter(event: KeyboardEvent) {
    const names = parts.lines.map((line) => line.name)
    const from = parts.activeIndex
    const found = typeahead.find(event.key, { names, from, now: event.timeStamp })
    event.preventDefault()
    if (found !== null) parts.focusLine(found)
  }

  return (event: KeyboardEvent) => {
    if (event.key !== '*' && isTyped(event, typeahead)) return handleLetter(event)
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { lines, activeIndex: index } = parts
    const step = readTreeKey(event.key, { lines, index, pageLines: parts.pageLines() })
    if (!step) return
    event.preventDefault()
    take(step)
  }
}

/** All lines beside this one that can be opened, itself among them. */
function siblingsOf(lines: readonly TreeLine[], index: number): FolderPath[] {
  const line = lines[index]
  if (!line) return []
  const parent = parentPath(line)
  return lines
    .filter(
      (other) => other.level === line.level && other.hasChildren && parentPath(other) === parent,
    )
    .map((other) => other.path)
}

function parentPath(line: TreeLine): string {
  return line.path.replace(/[^/]+\/$/, '')
}
