import type { Clock } from '#server/core/clock.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import {
  discardFile,
  findUnchanged,
  type ListedFile,
} from '#server/files/manage/discard-unchanged.ts'
import type { KeptEntry, SubscriptionRepository } from './subscription-repository.ts'

export type KeepNewestOptions = {
  subscriptions: SubscriptionRepository
  clock: Clock
  /** Whether what is deleted can be had back. */
  keepsTrash: boolean
}

/**
 * Notes the files that an import has made, where a list asked for it, and puts the oldest videos of that list into
 * the trash where it has more than it is to keep. What was there before is not among `files`.
 */
export async function noteListed(
  deps: KeepNewestOptions,
  unit: UnitOfWork,
  { taskId, files }: { taskId: string; files: readonly StoredFile[] },
): Promise<void> {
  const entry = await deps.subscriptions.entryOf(unit, taskId)
  if (entry === null || files.length === 0) return
  const noted = files.map(({ id, folder, name, sha256 }): ListedFile => {
    return { id, folder, name, sha256 }
  })
  await deps.subscriptions.noteFiles(unit, entry, JSON.stringify(noted))
  await keepNewest(deps, unit, entry.subscription_id)
}

/**
 * Puts the files of the oldest videos into the trash until no more than `keep` are left. A video counts while one of
 * its files is as it was listed; what somebody has moved, renamed or deleted is theirs from then on. The entries
 * stay, so none is imported again. Nothing is done without a trash: never is anything deleted for ever.
 */
export async function keepNewest(
  { subscriptions, clock, keepsTrash }: KeepNewestOptions,
  unit: UnitOfWork,
  id: string,
): Promise<void> {
  // Two imports may end at once.
  const row = await subscriptions.lock(unit, id)
  if (!keepsTrash || !row?.keep) return
  const entries = await subscriptions.withFiles(unit, id)
  if (entries.length <= row.keep) return
  const files = new Map(entries.map((entry) => [entry, filesOf(entry)]))
  const unchanged = await findUnchanged(unit, row.user_id, [...files.values()].flat())
  const kept = entries.filter((entry) => files.get(entry)?.some((file) => unchanged.has(file)))
  const oldest = kept.slice(0, Math.max(0, kept.length - row.keep))
  for (const file of oldest.flatMap((entry) => files.get(entry) ?? [])) {
    const found = unchanged.get(file)
    const at = clock.now()
    if (found) await discardFile(unit, found, { userId: row.user_id, file, at })
  }
  const stays = new Set(kept.slice(oldest.length))
  await subscriptions.forgetFiles(
    unit,
    id,
    entries.filter((entry) => !stays.has(entry)).map(({ entry }) => entry),
  )
}

function filesOf({ files_json }: KeptEntry): ListedFile[] {
  return JSON.parse(files_json) as ListedFile[]
}
