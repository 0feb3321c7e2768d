import type { Entry } from './entry.ts'

/** `name` is the order the server lists in; the others order only what is loaded. */
const sortColumns = ['name', 'size', 'uploaded'] as const
export type SortColumn = (typeof sortColumns)[number]
export type Sorting = { column: SortColumn; isDescending: boolean }

export const serverOrder: Sorting = { column: 'name', isDescending: false }

/**
 * The entries a person asked to see, in the order asked for. Folders stay first and keep the server's
 * order among themselves where a column says nothing about them.
 */
export function arrangeEntries(
  entries: readonly Entry[],
  wanted: { filter: string; sorting: Sorting },
): readonly Entry[] {
  const found = filterEntries(entries, wanted.filter)
  const { column, isDescending } = wanted.sorting
  if (column === 'name' && !isDescending) return found
  const folders = found.filter((entry) => entry.kind === 'folder')
  const files = found.filter((entry) => entry.kind === 'file')
  if (column === 'name') return [...folders.reverse(), ...files.reverse()]
  const weigh = column === 'size' ? sizeOf : timeOf
  // Not reversed afterwards: what is alike keeps the order of the names in both directions.
  const sign = isDescending ? -1 : 1
  const ordered = files
    .map((entry) => ({ entry, weight: weigh(entry) }))
    .sort((one, other) => sign * compareNumbers(one.weight, other.weight))
  return [...folders, ...ordered.map(({ entry }) => entry)]
}

function filterEntries(entries: readonly Entry[], filter: string): readonly Entry[] {
  const wanted = fold(filter.trim())
  return wanted === '' ? entries : entries.filter((entry) => fold(entry.name).includes(wanted))
}

/** `é` is found by `e`, in either case, however the name's accents are stored. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function sizeOf(entry: Entry): number {
  return entry.kind === 'file' && entry.size >= 0 ? entry.size : -1
}

function timeOf(entry: Entry): number {
  const time = entry.kind === 'file' ? Date.parse(entry.uploadedAt) : Number.NaN
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

function compareNumbers(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0
}
