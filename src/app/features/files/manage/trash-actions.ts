import type { Target } from '#app/actions/action-context.ts'
import {
  loadMoreTrash,
  refreshTrash,
  type TrashDeps,
  takeOutOfTrash,
  trashQuery,
} from '#app/api/cache/trash.ts'
import { readError } from '#app/features/files/folder/use-error-text.ts'
import type { Manager } from './manager.ts'
import type { Trashed } from './operations.ts'
import type { Outcome } from './run-job.ts'

/** What can be done with the things in the trash; each is gone from it at once. */
export function trashActions({ operations, performer }: Manager, deps: TrashDeps) {
  const { queryKey } = trashQuery(deps)
  const findItems = (targets: readonly Target[]): Trashed[] => {
    const items = deps.queryClient.getQueryData(queryKey)?.items ?? []
    const ids = new Set(targets.map(({ key }) => key))
    return items.filter(({ id }) => ids.has(id)).map(({ id, path }) => ({ id, path }))
  }
  const takeOut = (trashed: readonly Trashed[]) =>
    takeOutOfTrash(deps, new Set(trashed.map(({ id }) => id)))
  // What is still there comes back.
  const onEnd = ({ refused, left }: Outcome) => {
    if (refused.length + left > 0) refreshTrash(deps)
  }
  const erase = (trashed: readonly Trashed[]) => {
    takeOut(trashed)
    return operations.deleteForEver(trashed, onEnd)
  }
  return {
    restore(targets: readonly Target[]) {
      const trashed = findItems(targets)
      takeOut(trashed)
      void operations.restoreItems(trashed, onEnd)
    },
    /** Without targets, all that is in it. */
    deleteForEver: ({ targets }: { targets: readonly Target[] }) =>
      void (targets.length > 0 ? erase(findItems(targets)) : eraseAll()),
  }

  /** Reads which there are, page by page, and deletes them. */
  async function eraseAll() {
    try {
      performer.say('Emptying the trash…')
      let known = deps.queryClient.getQueryData(queryKey)
      while (known?.hasMore) known = (await loadMoreTrash(deps)) ?? undefined
      await erase((known?.items ?? []).map(({ id, path }) => ({ id, path })))
    } catch (error) {
      performer.say((await readError(error)).title, { isProblem: true })
    }
  }
}
