import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#server/core/clock.ts'
import type { RunUnit } from '#server/storage/database.ts'
import type { SubtreeRepository } from './subtree-repository.ts'
import { startCopy } from './trash-repository.ts'

/** A copy that nobody sees yet. */
export type BuiltCopy = { folderId: number; trashId: string }

type Deps = { run: RunUnit; subtree: SubtreeRepository; clock: Clock }
type From = { userId: string; folderId: number; name: string }

/**
 * Copies a folder with all that is in it to where nobody sees it, some rows at a time. Until it has a
 * place it counts as something to be deleted: a start sweeps what a kill left. What changes in the
 * folder meanwhile may or may not be in the copy. `onStart` is told of it before it is whole.
 */
export async function copyFolder(
  deps: Deps,
  { userId, folderId, name }: From,
  onStart: (copy: BuiltCopy) => void,
): Promise<void> {
  const at = deps.clock.now()
  const built = await deps.run((unit) => startCopy(unit, { userId, name, at }))
  onStart(built)
  await copyInside(deps, { userId, from: folderId, to: built.folderId })
}

type Way = { userId: string; from: number; to: number }

async function copyInside(deps: Deps, way: Way): Promise<void> {
  const { userId } = way
  await copyFiles(deps, way)
  for (let after = ''; ; ) {
    const folders = await deps.subtree.folders({ userId, folderId: way.from }, after)
    if (folders.length === 0) return
    const names = folders.map(({ name }) => name)
    const made = await deps.subtree.makeFolders(userId, way.to, names)
    for (const [index, { id }] of folders.entries()) {
      await copyInside(deps, { userId, from: id, to: made[index] ?? -1 })
    }
    after = names.at(-1) ?? ''
  }
}

async function copyFiles({ subtree, clock }: Deps, { userId, from, to }: Way): Promise<void> {
  for (let after = ''; ; ) {
    const files = await subtree.files({ userId, folderId: from }, after)
    if (files.length === 0) return
    await subtree.copyFiles(files, to, clock.now())
    after = files.at(-1)?.name ?? ''
    await nextTurn()
  }
}
