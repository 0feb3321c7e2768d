import { type Sorting, serverOrder } from './arrange-entries.ts'

/** Where a person was in a folder. */
export type FolderPlace = {
  /** px */
  scrollOffset: number
  /** The row that had the keyboard. */
  activeKey: string | null
}

/** What the screen remembers of folders while they are not shown. Lives as long as the session. */
export type FilesMemory = {
  readonly places: Map<string, FolderPlace>
  /** The folders that are open in the tree. */
  expanded: ReadonlySet<string>
  sorting: Sorting
}

export function createFilesMemory(): FilesMemory {
  return { places: new Map(), expanded: new Set(['/']), sorting: serverOrder }
}

export const startOfFolder: FolderPlace = { scrollOffset: 0, activeKey: null }
