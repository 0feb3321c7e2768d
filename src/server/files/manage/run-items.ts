import type { FileName } from '#contract/file-name.ts'
import { type FolderPath, folderTrail } from '#contract/folder-path.ts'
import { type ItemResult, type ItemsReply, maxManagedItems } from '#contract/manage.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import { createGiveWay } from './give-way.ts'
import { type Item, ItemRefusal, itemPath, notThere, parseItem } from './item.ts'
import { fileNames, findEntry, folderAt } from './item-repository.ts'

/** What a request names: items one by one, or the files of a folder. */
export type Named = {
  items?: string[] | undefined
  files_of?: { path: FolderPath; offset: number; except: string[] } | undefined
}

export type Done = Pick<ItemResult, 'path' | 'trash_id'>

/** What is done with one item. @throws ItemRefusal before it has changed anything */
export type Act = (item: Item) => Promise<Done>

type Run = {
  userId: string
  named: Named
  /** Whether the files that were acted on are still where they were. */
  stays(done: Done, item: Item): boolean
}

/**
 * Acts on each item that is named, in their order, all within `unit`: what is refused costs the others
 * nothing. What lies in a folder that is named too goes with it, and an item named twice is acted on once.
 */
export async function runItems(
  unit: UnitOfWork,
  { userId, named, stays }: Run,
  act: Act,
): Promise<ItemsReply> {
  if (named.files_of !== undefined) {
    const { texts, offset, hasMore, kept } = await filesOf(unit, userId, named.files_of)
    const { results, done } = await actOn(unit, { userId, texts }, act)
    const gone = [...done].filter(([item, result]) => !stays(result, item)).length
    const next_offset = offset + kept + texts.length - gone
    return { status: 'ok', results, next_offset, has_more: hasMore }
  }
  const { results } = await actOn(unit, { userId, texts: named.items ?? [] }, act)
  return { status: 'ok', results }
}

/** @throws ApiFailure `not_found` */
async function filesOf(
  unit: UnitOfWork,
  userId: string,
  { path, offset, except }: NonNullable<Named['files_of']>,
) {
  const folderId = await requireFolder(unit, userId, path)
  const limit = maxManagedItems
  const found = await fileNames(unit, { userId, folderId }, { offset, limit: limit + 1 })
  const kept = new Set(except)
  const names = found.slice(0, limit)
  const texts = names.map((name) => path + name).filter((text) => !isKept(kept, path, text))
  return { texts, offset, hasMore: found.length > limit, kept: names.length - texts.length }
}

/** Told by its name or by its whole path. */
function isKept(kept: ReadonlySet<string>, folder: string, path: string): boolean {
  return kept.has(path) || kept.has(path.slice(folder.length))
}

/** The id of the folder at `path`. @throws ApiFailure `not_found` */
export async function requireFolder(
  unit: UnitOfWork,
  userId: string,
  path: FolderPath,
): Promise<number> {
  const folderId = await folderAt(unit, userId, path)
  if (folderId !== null) return folderId
  throw new ApiFailure('not_found', `There is no folder ${path}`)
}

type Outcome = { done: Done } | { refusal: ItemRefusal }

async function actOn(
  unit: UnitOfWork,
  { userId, texts }: { userId: string; texts: string[] },
  act: Act,
) {
  const parsed = texts.map((text) => parseItem(text))
  const byPath = new Map<string, Item>()
  for (const one of parsed) if (one.ok) byPath.set(itemPath(one.value), one.value)
  const outcomes = await outcomesOf(unit, { userId, byPath }, act)
  const done = new Map<Item, Done>()
  for (const [path, outcome] of outcomes) {
    const item = byPath.get(path)
    if (item !== undefined && 'done' in outcome) done.set(item, outcome.done)
  }
  const results = texts.map((text, index): ItemResult => {
    const one = parsed[index]
    if (!one?.ok) return new ItemRefusal('invalid_request', one?.rule ?? '').resultFor(text)
    const outcome = outcomes.get(itemPath(one.value)) ?? { refusal: notThere(one.value) }
    if ('refusal' in outcome) return outcome.refusal.resultFor(text)
    return { item: text, status: 'ok', ...outcome.done }
  })
  return { results, done }
}

/** By the path of each item. */
async function outcomesOf(
  unit: UnitOfWork,
  { userId, byPath }: { userId: string; byPath: ReadonlyMap<string, Item> },
  act: Act,
): Promise<Map<string, Outcome>> {
  const giveWay = createGiveWay()
  const outcomes = new Map<string, Outcome>()
  const { tops, inside } = sortItems(byPath)
  // Before their folders go.
  for (const { item } of inside) {
    const isThere = await isItemThere(unit, userId, item)
    if (!isThere) outcomes.set(itemPath(item), { refusal: notThere(item) })
    await giveWay()
  }
  for (const item of tops) {
    outcomes.set(itemPath(item), await tryTo(() => act(item)))
    await giveWay()
  }
  for (const { item, top } of inside) {
    const [path, topPath] = [itemPath(item), itemPath(top)]
    const ofTop = outcomes.get(topPath)
    if (ofTop !== undefined && !outcomes.has(path)) {
      outcomes.set(path, goneWith(ofTop, topPath, path))
    }
  }
  return outcomes
}

/** Those that lie in a folder that is named too go with it. */
function sortItems(byPath: ReadonlyMap<string, Item>) {
  const tops: Item[] = []
  const inside: { item: Item; top: Item }[] = []
  for (const item of byPath.values()) {
    const top = topOf(item, byPath)
    if (top === null) tops.push(item)
    else inside.push({ item, top })
  }
  return { tops, inside }
}

/** The topmost folder of those named that `item` lies in. */
function topOf(item: Item, byPath: ReadonlyMap<string, Item>): Item | null {
  for (const folder of folderTrail(item.folder).slice(1)) {
    const named = byPath.get(folder)
    if (named !== undefined) return named
  }
  return null
}

async function isItemThere(
  unit: UnitOfWork,
  userId: string,
  { kind, folder, name }: Item,
): Promise<boolean> {
  const folderId = await folderAt(unit, userId, folder)
  return folderId !== null && (await findEntry(unit, kind, { userId, folderId, name })) !== null
}

async function tryTo(work: () => Promise<Done>): Promise<Outcome> {
  try {
    return { done: await work() }
  } catch (error) {
    if (error instanceof ItemRefusal) return { refusal: error }
    throw error
  }
}

function goneWith(top: Outcome, topPath: string, path: string): Outcome {
  if ('refusal' in top || top.done.path === undefined) return top
  return { done: { ...top.done, path: top.done.path + path.slice(topPath.length) } }
}

/** The first name of its kind that is free: its own, or one with a number. */
export async function freeName(
  taken: (names: string[]) => Promise<Set<string>>,
  name: FileName,
  numbered: (number: number) => FileName,
): Promise<FileName> {
  if (!(await taken([name])).has(name)) return name
  for (let first = 2; ; first += namesAtOnce) {
    const names = Array.from({ length: namesAtOnce }, (_, index) => numbered(first + index))
    const known = await taken(names)
    const free = names.find((candidate) => !known.has(candidate))
    if (free !== undefined) return free
  }
}

const namesAtOnce = 50
