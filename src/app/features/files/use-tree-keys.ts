import { type KeyboardEvent, useState } from 'react'
import type { FolderPath } from '#contract/folder-path.ts'
import type { TreeLine } from './flatten-tree.ts'
import { readTreeKey, type TreeStep } from './tree-keys.ts'
import { createTypeahead, isTyped } from './typeahead.ts'

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
