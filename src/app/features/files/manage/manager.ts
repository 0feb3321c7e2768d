import type { QueryClient } from '@tanstack/react-query'
import type { Queries } from '#app/api/cache/queries.ts'
import { isFolderPath, type Relocation } from '#app/api/cache/relocate.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { type FolderPath, parentFolder } from '#contract/folder-path.ts'
import { Operations } from './operations.ts'
import { Performer } from './perform.ts'

export type ManagerOptions = {
  client: ApiClient
  queryClient: QueryClient
  queries: Queries
  /** The folder that is shown. */
  folder: () => FolderPath
  onOpenFolder: (folder: FolderPath) => void
}

/** Renames, moves, copies and deletes, and takes it back. */
export function createManager({ client, folder, onOpenFolder, ...patch }: ManagerOptions) {
  const performer = new Performer({ patch, onRelocated: follow })
  const operations = new Operations(client, patch, {
    perform: performer.perform,
    // Taken back is what was done, and not the taking back: the next Undo goes one step further.
    performBack: (job) => performer.perform({ ...job, undo: null }),
  })

  /** Who is in a folder that moves goes with it; out of one that is gone, to the folder above. */
  function follow(changes: readonly Relocation[]) {
    for (const { from, to } of changes) {
      if (from === null || !isFolderPath(from) || !folder().startsWith(from) || from === to)
        continue
      onOpenFolder(
        (to === null ? parentFolder(from) : to + folder().slice(from.length)) as FolderPath,
      )
    }
  }

  return { performer, operations, patch }
}

export type Manager = ReturnType<typeof createManager>
