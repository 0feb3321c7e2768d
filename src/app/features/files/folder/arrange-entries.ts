import { byName, isSameOrder, type ListingOrder } from '#app/api/cache/listing.ts'
import { count, formatNumber } from '#app/lib/format.ts'
import { foldName } from '#contract/name-order.ts'
import type { Entry } from './entry.ts'

/** `name` is the order the server lists in; the others order only what is loaded. */
const sortColumns = ['name', 'size', 'uploaded'] as const
export type SortColumn = (typeof sortColumns)[number]
export type Sorting = { column: SortColumn; isDescending: boolean }
export type Arrangement = { filter: string; sorting: Sorting }

export const serverOrder: Sorting = { column: 'name', isDescending: false }

const sortOf = { name: 'name', size: 'size', uploaded: 'uploaded_at' } as const

const orders = new Map(
  sortColumns.flatMap((column) =>
    [true, false].map((isDescending): [string, ListingOrder] => [
      `${column} ${isDescending}`,
      { sort: sortOf[column], order: isDescending ? 'desc' : 'asc' },
    ]),
  ),
)

/** The same as the server calls it; the same object each time. */
export function orderOf({ column, isDescending }: Sorting): ListingOrder {
  return orders.get(`${column} ${isDescending}`) ?? byName
}

/** What is left to sort here: nothing where the rows come in the order that is wanted, or soon will. */
export function sortingHere(
  { order, isReordering }: { order: ListingOrder; isReordering: boolean },
  wanted: Sorting,
): Sorting {
  return isReordering || isSameOrder(order, orderOf(wanted)) ? serverOrder : wanted
}

/** What a person may load so that all of it is sorted; null where it is, or the rest comes by itself. */
export function restToSort(folder: LoadedFolder, { filter, sorting }: Arrangement) {
  const { isComplete, isReordering, isLoadingAll, pageSize, loadAll, stopLoadingAll } = folder
  const isSortedHere = filter.trim() === '' && !isServerOrder(sorting)
  if (!isSortedHere || isComplete || isReordering) return null
  return { isLoading: isLoadingAll, pageSize, onLoad: loadAll, onStop: stopLoadingAll }
}

type LoadedFolder = {
  isComplete: boolean
  isReordering: boolean
  isLoadingAll: boolean
  pageSize: number
  loadAll: () => void
  stopLoadingAll: () => void
}

/** What pressing a column makes of the order: largest and newest first is what a first press on those is for. */
export function nextSorting(sorting: Sorting, column: SortColumn): Sorting {
  const isSorted = sorting.column === column
  return { column, isDescending: isSorted ? !sorting.isDescending : column !== 'name' }
}

/** Whether it shows all that the server lists, in the server's order. */
export function isAsListed({ filter, sorting }: Arrangement): boolean {
  return filter.trim() === '' && isServerOrder(sorting)
}

function isServerOrder({ column, isDescending }: Sorting): boolean {
  return column === serverOrder.column && isDescending === serverOrder.isDescending
}

type Weighed = { entry: Entry; weight: number }
const nothing: readonly Entry[] = []

type Filtered = { entries: readonly Entry[]; wanted: string; found: readonly Entry[] }
type Sorted = {
  found: readonly Entry[]
  sorting: Sorting
  files: readonly Weighed[]
  shown: readonly Entry[]
}

/**
 * The entries a person asked to see, in the order asked for. Folders stay first and keep the server's
 * order among themselves where a column says nothing about them. One arranger for each folder: entries
 * that come behind those of the last call are sorted in, and those are not read again.
 */
export function createArranger() {
  let filtered: Filtered = { entries: nothing, wanted: '', found: nothing }
  let sorted: Sorted = { found: nothing, sorting: serverOrder, files: [], shown: nothing }
  return (entries: readonly Entry[], { filter, sorting }: Arrangement): readonly Entry[] => {
    filtered = filterNext(filtered, entries, foldName(filter.trim()))
    const { found } = filtered
    if (sorting.column === 'name' && !sorting.isDescending) return found
    sorted = sortNext(sorted, found, sorting)
    return sorted.shown
  }
}

function filterNext(last: Filtered, entries: readonly Entry[], wanted: string): Filtered {
  if (wanted === '') return { entries, wanted, found: entries }
  const known = last.wanted === wanted ? last : { entries: nothing, found: nothing }
  const added = addedTo(known.entries, entries)
  const matches = (added ?? entries).filter((entry) => foldedName(entry).includes(wanted))
  if (!added) return { entries, wanted, found: matches }
  // The same rows are the same list: nothing is drawn again for a page without a match.
  return { entries, wanted, found: matches.length ? known.found.concat(matches) : known.found }
}

function sortNext(last: Sorted, found: readonly Entry[], sorting: Sorting): Sorted {
  const { column, isDescending } = sorting
  const isSame = last.sorting.column === column && last.sorting.isDescending === isDescending
  const grown = isSame ? addedTo(last.found, found) : null
  // Nobody looks for a folder behind the files, so one that comes there starts anew.
  const added = grown?.every(({ kind }) => kind === 'file') ? grown : null
  if (added?.length === 0) return { ...last, found }
  const known = added ? last : { found: nothing, files: [] }
  const files = (added ?? found).flatMap((entry, at) =>
    entry.kind === 'file' ? [{ entry, weight: weigh(entry, column, known.found.length + at) }] : [],
  )
  // Not reversed afterwards: what is alike keeps the order of the names in both directions.
  const compare = isDescending ? compareHeavier : compareLighter
  const all = merge(known.files, files.sort(compare), compare)
  const folders = found.filter(({ kind }) => kind === 'folder')
  if (column === 'name') folders.reverse()
  return { found, sorting, files: all, shown: folders.concat(all.map(({ entry }) => entry)) }
}

/** What `after` has behind all of `before`; null where it does not begin with that. */
function addedTo(before: readonly Entry[], after: readonly Entry[]): Entry[] | null {
  const isKept = before.every((entry, at) => entry === after[at])
  return isKept ? after.slice(before.length) : null
}

/** Two sorted lists as one; of two that are alike the known one comes first. */
function merge(
  known: readonly Weighed[],
  added: readonly Weighed[],
  compare: typeof compareLighter,
) {
  const all: Weighed[] = []
  let next = 0
  for (const one of added) {
    for (let old = known[next]; old && compare(old, one) <= 0; old = known[next]) {
      all.push(old)
      next += 1
    }
    all.push(one)
  }
  return all.concat(known.slice(next))
}

/** `é` is found by `e`, in either case, however the name's accents are stored. */
const foldedNames = new WeakMap<Entry, string>()

function foldedName(entry: Entry): string {
  const known = foldedNames.get(entry)
  if (known !== undefined) return known
  const name = foldName(entry.name)
  foldedNames.set(entry, name)
  return name
}

function weigh(file: Extract<Entry, { kind: 'file' }>, column: SortColumn, at: number): number {
  if (column === 'name') return at
  if (column === 'size') return file.size >= 0 ? file.size : -1
  const time = Date.parse(file.uploadedAt)
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

function compareLighter(one: Weighed, other: Weighed): number {
  return one.weight < other.weight ? -1 : one.weight > other.weight ? 1 : 0
}

function compareHeavier(one: Weighed, other: Weighed): number {
  return compareLighter(other, one)
}

/** `2 folders, 48 files`; `2 folders, 48 files so far` while more may come and nobody says how many. */
export function describeFolder(
  entries: readonly Entry[],
  isComplete: boolean,
  total: number | null = null,
): string {
  // Folders come first.
  const firstFile = entries.findIndex((entry) => entry.kind === 'file')
  const folders = firstFile < 0 ? entries.length : firstFile
  const files = isComplete || total === null ? entries.length - folders : total
  const parts = [
    ...(folders > 0 ? [count(folders, 'folder')] : []),
    ...(files > 0 || folders === 0 ? [count(files, 'file')] : []),
  ]
  return `${parts.join(', ')}${isComplete || total !== null ? '' : ' so far'}`
}

/** What a filter or an order covers, while only a part of the folder is loaded; '' when it is all. */
export function describeCoverage(shown: {
  found: number
  loaded: number
  isComplete: boolean
  isFiltered: boolean
  sorting: Sorting
}): string {
  const { found, loaded, isComplete, isFiltered, sorting } = shown
  if (isFiltered) {
    const words = `${formatNumber(found)} of ${formatNumber(loaded)} match`
    return isComplete ? words : `${words} · more may match in what is not loaded yet`
  }
  if (isComplete || isServerOrder(sorting)) return ''
  return `Sorted among the ${formatNumber(loaded)} loaded so far`
}
