import type { FolderNode } from '#contract/files.ts'

/** `é` is found by `e`, in either case. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

export type FilteredTree = {
  tree: FolderNode
  /** Folders that match. */
  count: number
  /** Those above them, which must be open; null without a filter. */
  expanded: ReadonlySet<string> | null
}

/** The folders with `filter` in their names, and those above them. */
export function filterTree(tree: FolderNode, filter: string): FilteredTree {
  const wanted = fold(filter.trim())
  if (wanted === '') return { tree, count: 1, expanded: null }
  const expanded = new Set<string>(['/'])
  let count = 0
  const keep = (node: FolderNode): FolderNode | null => {
    const folders = node.folders.flatMap((child) => keep(child) ?? [])
    const isMatch = fold(node.name).includes(wanted)
    if (isMatch) count += 1
    if (folders.length > 0) expanded.add(node.path)
    return isMatch || folders.length > 0 ? { ...node, folders } : null
  }
  const folders = tree.folders.flatMap((child) => keep(child) ?? [])
  return { tree: { ...tree, folders }, count, expanded }
}
