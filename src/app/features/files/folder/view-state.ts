import { type FolderPath, folderSegments } from '#contract/folder-path.ts'
import { type Sorting, serverOrder } from './arrange-entries.ts'
import { folderKey } from './entry.ts'

/** Where a person was in a folder. */
export type FolderPlace = {
  /** px */
  scrollOffset: number
  /** What was at the top then. */
  topKey: string | null
  /** The row that had the keyboard. */
  activeKey: string | null
  /** That row is another one than a person left here: it must be seen. */
  isActiveNew?: boolean
}

/** What the screen remembers of folders while they are not shown. Lives as long as the session. */
export type FilesViewState = {
  readonly places: Map<string, FolderPlace>
  /** The folders that are open in the tree. */
  expanded: ReadonlySet<string>
  sorting: Sorting
  /** What was typed into the filter, and of which folder. */
  filter: { folder: string; text: string }
}

export function createFilesViewState(): FilesViewState {
  return {
    places: new Map(),
    expanded: new Set(['/']),
    sorting: serverOrder,
    filter: { folder: '/', text: '' },
  }
}

const startOfFolder: FolderPlace = { scrollOffset: 0, topKey: null, activeKey: null }

/** Where to begin in a folder: who comes up from below begins at the row of the folder they were in. */
export function findPlace(
  { places }: FilesViewState,
  folder: FolderPath,
  cameFrom: FolderPath | null,
): FolderPlace {
  const place = places.get(folder) ?? startOfFolder
  if (cameFrom === null || cameFrom === folder || !cameFrom.startsWith(folder)) return place
  const child = folderSegments(cameFrom)[folderSegments(folder).length]
  const activeKey = child === undefined ? place.activeKey : folderKey(child)
  return activeKey === place.activeKey ? place : { ...place, activeKey, isActiveNew: true }
}

export function rememberPlace(
  { places }: FilesViewState,
  folder: FolderPath,
  change: Partial<FolderPlace>,
): void {
  places.set(folder, { ...(places.get(folder) ?? startOfFolder), ...change })
}
