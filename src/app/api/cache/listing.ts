import type { FileSort, FilesPage } from '#contract/files.ts'

/** What a listing is in order of, where the server offers another order than by name. */
export type ListingOrder = { sort: FileSort; order: 'asc' | 'desc' }

/** The order of the reference: no request has to name it. */
export const byName: ListingOrder = { sort: 'name', order: 'asc' }

export function isSameOrder(one: ListingOrder, other: ListingOrder): boolean {
  return one.sort === other.sort && one.order === other.order
}

/**
 * A folder as far as it is loaded: pages in the server's order, each with the offset of its first file.
 * Files between two of them may not be loaded.
 */
export type Listing = {
  pages: FilesPage[]
  pageParams: number[]
  /** Files in the folder, where the server says so. */
  total?: number | undefined
  /** All that was loaded was taken out, and more is there. */
  isEmptied?: boolean
  /** Missing where it is by name. */
  order?: ListingOrder | undefined
}

/** Files that are not loaded. */
export type Gap = {
  /** How many that are loaded come before it. */
  loadedBefore: number
  /** Of its first file. */
  offset: number
  /** How many they are; null at the end of a folder whose server does not say. */
  size: number | null
}

export type PageRange = { offset: number; limit?: number }

export function listingOf(page: FilesPage, order = byName): Listing {
  const listing = { pages: [page], pageParams: [0], total: page.total }
  return isSameOrder(order, byName) ? listing : { ...listing, order }
}

export function findGaps({ pages, pageParams, total, isEmptied }: Listing): Gap[] {
  const gaps: Gap[] = []
  let loadedBefore = 0
  let end = 0
  for (const [at, page] of pages.entries()) {
    const offset = pageParams[at] ?? end
    if (offset > end) gaps.push({ loadedBefore, offset: end, size: offset - end })
    loadedBefore += page.files.length
    end = Math.max(offset + page.files.length, page.has_more ? page.next_offset : 0)
  }
  // A page that does not move on would be asked for again and again.
  const hasMore = pages.at(-1)?.has_more && (isEmptied || end > (pageParams.at(-1) ?? 0))
  if (!hasMore) return gaps
  const size = total !== undefined && total > end ? total - end : null
  return [...gaps, { loadedBefore, offset: end, size }]
}

/** The rows of a folder with `undefined` for each file that is known to be there and not loaded. */
export function spreadRows<T>(
  entries: readonly T[],
  gaps: readonly Gap[],
  folders: number,
): readonly (T | undefined)[] {
  const sized = gaps.filter(({ size }) => size !== null)
  if (sized.length === 0) return entries
  let from = 0
  const parts = sized.map(({ loadedBefore, size }): (T | undefined)[] => {
    const loaded = entries.slice(from, folders + loadedBefore)
    from = folders + loadedBefore
    return loaded.concat(new Array(size ?? 0).fill(undefined))
  })
  return ([] as (T | undefined)[]).concat(...parts, entries.slice(from))
}

/** The gap that a row of `spreadRows` is in, and the offset of its file; null for one that is loaded. */
export function gapAt(gaps: readonly Gap[], folders: number, row: number) {
  let missing = 0
  for (const gap of gaps) {
    const into = row - folders - gap.loadedBefore - missing
    const size = gap.size ?? 0
    if (into >= 0 && into < size) return { gap, offset: gap.offset + into }
    missing += size
  }
  return null
}
