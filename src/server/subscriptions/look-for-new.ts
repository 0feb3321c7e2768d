import type { FolderPath } from '#contract/folder-path.ts'
import type { StartImport } from '#server/imports/create-imports.ts'
import type { Look } from '#server/imports/inspect/inspect-source.ts'
import type { Looks } from '#server/imports/inspect/looks.ts'
import type { LookEntry } from '#server/imports/inspect/read-look.ts'
import { guessImportType } from '#server/imports/source/detect-import-type.ts'
import { type ImportError, ImportFailure } from '#server/imports/tasks/import-failure.ts'
import type { SubscriptionRepository, SubscriptionRow } from './subscription-repository.ts'

export type LookForNewOptions = {
  looks: Looks
  startImport: StartImport
  subscriptions: SubscriptionRepository
}

/** So many imports come of one look; the rest comes with the next ones. */
const importsMax = 50
/** A channel may be given as its lists: videos, shorts, recordings. */
const innerListsMax = 5

/**
 * Looks at a list and starts an import for each of its entries that is new, the oldest first. Each is noted
 * together with its import: a look that is broken off takes none twice and leaves none out.
 * @returns the title of the list, and whether more of it is left for another look
 * @throws ImportFailure where it cannot be looked at; NotWanted; the signal's reason when it aborts
 */
export async function lookForNew(
  deps: LookForNewOptions,
  row: SubscriptionRow,
  signal: AbortSignal,
): Promise<{ title: string; hasMore: boolean }> {
  const asked = { userId: row.user_id, signal }
  const { title, entries } = await openList(deps, new URL(row.url), asked)
  const seen = await deps.subscriptions.seen(row.id)
  const fresh = entries.filter((entry) => !entry.isPrivate && !seen.has(nameOf(entry)))
  if (row.is_begun === 0 && row.only_new === 1) {
    await deps.subscriptions.leave(row.id, fresh.map(nameOf))
    return { title, hasMore: false }
  }
  const ordered = oldestFirst(fresh)
  // What would be put away at once is not fetched.
  const wanted = row.keep === null ? ordered : ordered.slice(-row.keep)
  await deps.subscriptions.leave(
    row.id,
    ordered.slice(0, ordered.length - wanted.length).map(nameOf),
  )
  for (const entry of wanted.slice(0, importsMax)) {
    signal.throwIfAborted()
    // Deleted or paused by another server.
    if ((await deps.subscriptions.find(row.id))?.state !== row.state) throw new NotWanted()
    await startOne(deps, row, { entry, signal })
  }
  return { title, hasMore: wanted.length > importsMax }
}

/** The subscription was deleted or paused meanwhile. */
export class NotWanted extends Error {
  override name = 'NotWanted'
}

type Asked = { userId: string; signal: AbortSignal }

async function openList(
  { looks }: LookForNewOptions,
  url: URL,
  asked: Asked,
): Promise<{ title: string; entries: LookEntry[] }> {
  const list = listOf(await looks.at(url, { ...asked, isFresh: true }))
  const isOfLists = list.entries.length > 0 && list.entries.every(({ is_list }) => is_list)
  if (!isOfLists) return list
  const entries: LookEntry[] = []
  for (const { link } of list.entries.slice(0, innerListsMax)) {
    const inner = await looks.at(link, { ...asked, isFresh: true })
    if (inner.kind === 'list') entries.push(...inner.entries)
  }
  return { title: list.title, entries: entries.filter(({ is_list }) => !is_list) }
}

/** @throws ImportFailure for what is none; an empty list is one that may fill */
function listOf(look: Look): { title: string; entries: LookEntry[] } {
  if (look.kind === 'list') return look
  if (look.kind === 'none') throw ImportFailure.of(look.error)
  throw ImportFailure.of(noList)
}

const noList: ImportError = {
  code: 'no_video',
  message: 'That link leads to one video or file, not to a list of them.',
}

/** What an entry is known by. */
function nameOf({ link, item }: LookEntry): string {
  return item === undefined ? link.href : `${link.href} ${item}`
}

/** By date where there is one; else most lists have the newest first. */
function oldestFirst(entries: readonly LookEntry[]): LookEntry[] {
  return entries
    .toReversed()
    .toSorted((a, b) => (a.publishedAt ?? Number.MAX_VALUE) - (b.publishedAt ?? Number.MAX_VALUE))
}

async function startOne(
  { startImport, subscriptions }: LookForNewOptions,
  row: SubscriptionRow,
  { entry, signal }: { entry: LookEntry; signal: AbortSignal },
): Promise<void> {
  const { link, item } = entry
  const folder = row.folder as FolderPath
  const video = {
    ...{ quality: row.quality, folder, ...(item === undefined ? {} : { item }) },
    ...{ subtitles: row.subtitles === 1, thumbnail: row.thumbnail === 1 },
  }
  // Not `auto`: that would open all their sources at once.
  const type = item === undefined ? guessImportType(link) : 'video'
  await startImport({
    key: { id: row.key_id, userId: row.user_id },
    body: { url: link.href, type, path: folder, video },
    signal,
    alongside: (unit, { id }) =>
      subscriptions.take(unit, row.id, { entry: nameOf(entry), taskId: id }),
  })
}
