import { useState } from 'react'
import type { FolderPath } from '#contract/folder-path.ts'
import type { FilesMemory } from './files-memory.ts'
import { foldersAbove } from './flatten-tree.ts'

/** Which folders of the tree are open, remembered while the tree is not shown. */
export function useExpanded(memory: FilesMemory, folder: FolderPath) {
  const [shownFor, setShownFor] = useState<FolderPath | null>(null)
  const [expanded, setExpanded] = useState(memory.expanded)

  function change(next: ReadonlySet<string>) {
    memory.expanded = next
    setExpanded(next)
  }
  // A folder that was just gone to is shown; closing what is above it afterwards is allowed.
  if (shownFor !== folder) {
    setShownFor(folder)
    const above = foldersAbove(folder)
    if (above.some((path) => !expanded.has(path))) change(new Set([...expanded, ...above]))
  }
  return {
    expanded,
    open: (paths: readonly FolderPath[]) => change(new Set([...expanded, ...paths])),
    close: (path: FolderPath) => change(new Set([...expanded].filter((other) => other !== path))),
  }
}
