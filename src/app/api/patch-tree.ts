import type { FolderNode } from '#contract/files.ts'
import { childFolder, type FolderPath, folderSegments } from '#contract/folder-path.ts'

/** The tree with `folder` and those above it in it; the same tree where it was there already. */
export function addTreeFolder(tree: FolderNode, folder: FolderPath): FolderNode {
  return addBelow(tree, folderSegments(folder))
}

function addBelow(node: FolderNode, [name, ...rest]: string[]): FolderNode {
  if (name === undefined) return node
  const there = node.folders.find((child) => child.name === name)
  const child = there ?? { name, path: childFolder(node.path as FolderPath, name), folders: [] }
  const changed = addBelow(child, rest)
  if (there === changed) return node
  const others = node.folders.filter((other) => other !== there)
  return { ...node, folders: insertByName(others, changed) }
}

function insertByName(nodes: FolderNode[], node: FolderNode): FolderNode[] {
  const at = nodes.findIndex((other) => isBefore(node.name, other.name))
  return at < 0 ? [...nodes, node] : [...nodes.slice(0, at), node, ...nodes.slice(at)]
}

/** The server's order: by name with case folded. */
export function isBefore(name: string, other: string): boolean {
  return name.toLowerCase() < other.toLowerCase()
}
