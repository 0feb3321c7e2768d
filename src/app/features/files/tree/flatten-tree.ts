import type { FolderNode } from '#contract/files.ts'
import { type FolderPath, parentFolder, rootFolder } from '#contract/folder-path.ts'

/** One visible line of the tree. */
export type TreeLine = {
  path: FolderPath
  name: string
  /** From 1, as `aria-level` counts. */
  level: number
  /** From 1. */
  position: number
  siblings: number
  hasChildren: boolean
  isExpanded: boolean
}

export const rootName = 'All files'

/**
 * The lines that are to be seen while `expanded` is open, the root first. Walks only what is open, with
 * a list of its own instead of recursion: an upstream's tree may be deeper than the call stack.
 */
export function flattenTree(root: FolderNode, expanded: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = []
  const waiting: { node: FolderNode; line: TreeLine }[] = [
    place(root, { expanded, level: 1, position: 1, siblings: 1 }),
  ]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    lines.push(next.line)
    if (!next.line.isExpanded) continue
    const { folders } = next.node
    const level = next.line.level + 1
    for (let index = folders.length - 1; index >= 0; index -= 1) {
      const child = folders[index]
      if (child) {
        waiting.push(
          place(child, { expanded, level, position: index + 1, siblings: folders.length }),
        )
      }
    }
  }
  return lines
}

function place(
  node: FolderNode,
  at: { expanded: ReadonlySet<string>; level: number; position: number; siblings: number },
): { node: FolderNode; line: TreeLine } {
  const hasChildren = node.folders.length > 0
  const line = {
    path: node.path as FolderPath,
    name: at.level === 1 ? rootName : node.name,
    level: at.level,
    position: at.position,
    siblings: at.siblings,
    hasChildren,
    isExpanded: hasChildren && at.expanded.has(node.path),
  }
  return { node, line }
}

/** The folders that must be open for `path` to be seen: all above it. */
export function foldersAbove(path: FolderPath): FolderPath[] {
  const above: FolderPath[] = []
  for (let folder = path; folder !== rootFolder; ) {
    folder = parentFolder(folder)
    above.push(folder)
  }
  return above
}
