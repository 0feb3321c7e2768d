import type { FilesPage, FolderNode, ListedFile } from '#contract/files.ts'
import { childFolder, type FolderPath, folderSegments } from '#contract/folder-path.ts'
import { nameKey } from '#contract/name-order.ts'
import { byName, findGaps, type Gap, type Listing, type PageRange } from './listing.ts'

/**
 * The listing with `files` where the server lists them; pages that none belongs to stay as they are. In a
 * page that is not loaded yet they are left to the server, and counted.
 */
export function withFiles(listing: Listing, files: readonly ListedFile[]): Listing {
  const inOrder = orderOf(listing)
  const byPage = Map.groupBy(files, (file) => findPlace(listing, file, inOrder))
  let patched = listing
  for (const [place, some] of byPage) {
    const page = listing.pages[place]
    if (page) {
      const merged = mergeFiles(page, some, inOrder)
      patched = changePage(patched, place, { files: merged })
      patched = moveBehind(patched, place, merged.length - page.files.length)
    } else patched = moveBehind(patched, place, some.length)
  }
  return patched
}

/** The page that has the name, or should have it; half a page less where that is not loaded. */
function findPlace(listing: Listing, file: ListedFile, isBefore: InOrder): number {
  const { pages } = listing
  const there = pages.findIndex((page) => namesOf(page).has(file.name))
  if (there >= 0) return there
  const before = pages.findIndex((page) => {
    const last = lastOf(page, isBefore)
    return last !== undefined && isBefore(file, last)
  })
  if (before < 0) return pages.at(-1)?.has_more ? pages.length - 0.5 : pages.length - 1
  const first = pages[before]?.files[0]
  const isInGap = first !== undefined && before > 0 && isBefore(file, first)
  return isInGap && hasGapBefore(listing, before) ? before - 0.5 : before
}

function hasGapBefore({ pages, pageParams }: Listing, at: number): boolean {
  const before = (pageParams[at - 1] ?? 0) + (pages[at - 1]?.files.length ?? 0)
  return (pageParams[at] ?? 0) > before
}

const namesByPage = new WeakMap<FilesPage, ReadonlySet<string>>()

/** Read once for each page: only the pages that change are read again. */
function namesOf(page: FilesPage): ReadonlySet<string> {
  const known = namesByPage.get(page)
  if (known) return known
  const names = new Set(page.files.map(({ name }) => name))
  namesByPage.set(page, names)
  return names
}

const lastFiles = new WeakMap<FilesPage, ListedFile | undefined>()

/** The file that is behind all others of the page, whatever order an upstream has. Read once, as above. */
function lastOf(page: FilesPage, isBefore: InOrder): ListedFile | undefined {
  if (lastFiles.has(page)) return lastFiles.get(page)
  let [last] = page.files
  for (const file of page.files) if (last && isBefore(last, file)) last = file
  lastFiles.set(page, last)
  return last
}

/** In one pass. Of two files of one name the later one counts. */
function mergeFiles(
  page: FilesPage,
  files: readonly ListedFile[],
  isBefore: InOrder,
): ListedFile[] {
  const arrived = new Map(files.map((file) => [file.name, file]))
  const known = page.files.map((file) => arrived.get(file.name) ?? file)
  const fresh = [...arrived.values()].filter(({ name }) => !namesOf(page).has(name))
  fresh.sort((a, b) => (isBefore(a, b) ? -1 : 1))
  const merged: ListedFile[] = []
  let next = 0
  for (const file of known) {
    for (let one = fresh[next]; one && isBefore(one, file); one = fresh[next]) {
      merged.push(one)
      next += 1
    }
    merged.push(file)
  }
  return merged.concat(fresh.slice(next))
}

/** The listing with a subfolder called `name`; those come with the first page alone. */
export function withFolder(listing: Listing, name: string): Listing {
  const folders = listing.pages[0]?.folders ?? []
  if (folders.includes(name)) return listing
  const { sort, order } = listing.order ?? byName
  const isReversed = sort === 'name' && order === 'desc'
  const at = folders.findIndex((other) =>
    isReversed ? isBefore(other, name) : isBefore(name, other),
  )
  const place = at < 0 ? folders.length : at
  const next = [...folders.slice(0, place), name, ...folders.slice(place)]
  return changePage(listing, 0, { folders: next })
}

/**
 * The listing with a fresh first page. What is loaded behind the last file that both know stays, so that
 * nobody who has scrolled there loses it; where they know none, it loads again as somebody scrolls.
 */
export function joinFirstPage(listing: Listing, first: FilesPage): Listing {
  const gap = findGaps(listing)[0]
  const near = listing.pageParams.filter((offset) => !gap || offset < gap.offset).length
  const joined = joinNear(
    { pages: listing.pages.slice(0, near), pageParams: listing.pageParams.slice(0, near) },
    first,
  )
  const end = joined.pages.at(-1)?.next_offset ?? 0
  // Behind a gap nobody knows how far files have moved, unless none has come or gone.
  const isSame = first.total !== undefined && first.total === listing.total
  const far = listing.pageParams.findIndex((offset, at) => at >= near && offset >= end)
  const kept = { total: first.total, ...inItsOrder(listing) }
  if (!isSame || far < 0) return { ...joined, ...kept }
  return {
    ...kept,
    pages: joined.pages.concat(listing.pages.slice(far)),
    pageParams: joined.pageParams.concat(listing.pageParams.slice(far)),
  }
}

/** What stays whatever becomes of the pages. */
function inItsOrder({ order }: Listing): Pick<Listing, 'order'> {
  return order ? { order } : {}
}

function joinNear(listing: Listing, first: FilesPage): Listing {
  const files = listing.pages.flatMap((page) => page.files)
  const behind = new Map(files.map((file, at) => [file.name, at + 1]))
  const known = first.files.findLast((file) => behind.has(file.name))
  const end = behind.get(known?.name ?? '') ?? files.length
  const last = listing.pages.at(-1)
  if (!last || !first.has_more || end >= files.length) return { pages: [first], pageParams: [0] }
  const moved = first.files.length - end
  const rest = {
    ...last,
    folders: [],
    files: files.slice(end),
    next_offset: last.next_offset + moved,
  }
  return { pages: [first, rest], pageParams: [0, first.next_offset] }
}

function changePage(listing: Listing, at: number, change: Partial<FilesPage>): Listing {
  const pages = listing.pages.map((page, index) => (index === at ? { ...page, ...change } : page))
  return { ...listing, pages }
}

/** So many files more on a page, or in the gap before it: what is behind starts so much further on. */
function moveBehind(listing: Listing, place: number, by: number): Listing {
  const { pages, pageParams, total } = listing
  if (by === 0 || (place > pages.length - 1 && total === undefined)) return listing
  return {
    ...inItsOrder(listing),
    pages: pages.map((page, at) =>
      at < place ? page : { ...page, next_offset: page.next_offset + by },
    ),
    pageParams: pageParams.map((offset, at) => (at > place ? offset + by : offset)),
    ...(total === undefined ? {} : { total: total + by }),
  }
}

/** The page to ask for: on from what is loaded, or around `near` where that is far from it. */
export function pageOf({ offset, size }: Gap, near: number, limit: number): PageRange {
  if (size === null) return { offset, limit }
  const last = Math.max(offset, offset + size - limit)
  const start =
    near < offset + limit ? offset : Math.min(last, Math.max(offset, near - Math.floor(limit / 4)))
  return { offset: start, limit: Math.min(limit, offset + size - start) }
}

/** The listing with a page more. What was listed behind a page that is the last now is gone. */
export function withPage(listing: Listing, page: FilesPage, offset: number): Listing {
  const before = listing.pageParams.filter((other) => other < offset).length
  const isLast = !page.has_more || page.files.length === 0
  const behind = listing.pageParams.findIndex((other) => other > offset)
  const rest = isLast || behind < 0 ? listing.pages.length : behind
  return {
    ...inItsOrder(listing),
    pages: [...listing.pages.slice(0, before), page, ...listing.pages.slice(rest)],
    pageParams: [...listing.pageParams.slice(0, before), offset, ...listing.pageParams.slice(rest)],
    total: page.total ?? listing.total,
  }
}

/** The tree with `folder` and those above it in it; the same tree where it was there already. */
export function addTreeFolder(tree: FolderNode, folder: FolderPath): FolderNode {
  return addBelow(tree, folderSegments(folder))
}

function addBelow(node: FolderNode, [name, ...rest]: string[]): FolderNode {
  if (name === undefined) return node
  const there = node.folders.find((child) => child.name === name)
  const child = there ?? { name, path: childFolder(node.path as FolderPath, name), folders: [] }
  const changed = addBelow(child, rest)
  if (there === changed) return node
  const others = node.folders.filter((other) => other !== there)
  return { ...node, folders: insertByName(others, changed) }
}

function insertByName(nodes: FolderNode[], node: FolderNode): FolderNode[] {
  const at = nodes.findIndex((other) => isBefore(node.name, other.name))
  return at < 0 ? [...nodes, node] : [...nodes.slice(0, at), node, ...nodes.slice(at)]
}

type InOrder = (file: ListedFile, other: ListedFile) => boolean

/** Whether a file stands before another in a listing. `desc` is the whole order of `asc` from its end. */
function orderOf({ order: { sort, order } = byName }: Listing): InOrder {
  const isBeforeInAsc: InOrder = (file, other) =>
    sort === 'name' || file[sort] === other[sort]
      ? isBefore(file.name, other.name)
      : file[sort] < other[sort]
  return order === 'asc' ? isBeforeInAsc : (file, other) => isBeforeInAsc(other, file)
}

/** In the order of a listing by name. */
export function isBefore(name: string, other: string): boolean {
  return keyOf(name) < keyOf(other)
}

/** A page of 1,000 is gone through for each handful of files that arrive. */
const keys = new Map<string, string>()
const maxKeys = 50_000

function keyOf(name: string): string {
  const known = keys.get(name)
  if (known !== undefined) return known
  if (keys.size >= maxKeys) keys.clear()
  const key = nameKey(name)
  keys.set(name, key)
  return key
}
