import type { InfiniteData } from '@tanstack/react-query'
import type { FilesPage, ListedFile } from '#contract/files.ts'
import { isBefore } from './patch-tree.ts'

type Listing = InfiniteData<FilesPage, unknown>

/**
 * The listing with `file` where the server lists it. In a page that is not loaded yet it is left to the
 * server, whose offsets move on by one: the page that is loaded last says so.
 */
export function withFile(listing: Listing, file: ListedFile): Listing {
  const there = findPage(listing, (other) => other.name === file.name)
  if (there >= 0) {
    const files = listing.pages[there]?.files.map((other) =>
      other.name === file.name ? file : other,
    )
    return changePage(listing, there, { files: files ?? [] })
  }
  const at = findPage(listing, (other) => isBefore(file.name, other.name))
  const last = listing.pages.length - 1
  const hasMore = listing.pages[last]?.has_more ?? false
  if (at < 0 && hasMore) return listing
  const place = at < 0 ? last : at
  const files = insertFile(listing.pages[place]?.files ?? [], file)
  return moveEnd(changePage(listing, place, { files }), 1)
}

/** The listing with a subfolder called `name`; those come with the first page alone. */
export function withFolder(listing: Listing, name: string): Listing {
  const folders = listing.pages[0]?.folders ?? []
  if (folders.includes(name)) return listing
  const at = folders.findIndex((other) => isBefore(name, other))
  const place = at < 0 ? folders.length : at
  const next = [...folders.slice(0, place), name, ...folders.slice(place)]
  return changePage(listing, 0, { folders: next })
}

/**
 * The listing with a fresh first page. Where that has other files, the pages behind it no longer fit:
 * they are dropped and load again as somebody scrolls to them.
 */
export function joinFirstPage(listing: Listing, first: FilesPage): Listing {
  const names = listing.pages.flatMap((page) => page.files).map((file) => file.name)
  const isSame = first.files.every((file, at) => names[at] === file.name)
  const rest = names.length > first.files.length
  if (!isSame || !rest || !first.has_more) return { pages: [first], pageParams: [0] }
  const files = listing.pages.flatMap((page) => page.files).slice(first.files.length)
  const last = listing.pages.at(-1) ?? first
  const behind = { ...last, folders: [], files }
  return { pages: [first, behind], pageParams: [0, first.next_offset] }
}

function findPage(listing: Listing, isSought: (file: ListedFile) => boolean): number {
  return listing.pages.findIndex((page) => page.files.some(isSought))
}

function insertFile(files: ListedFile[], file: ListedFile): ListedFile[] {
  const at = files.findIndex((other) => isBefore(file.name, other.name))
  return at < 0 ? [...files, file] : [...files.slice(0, at), file, ...files.slice(at)]
}

function changePage(listing: Listing, at: number, change: Partial<FilesPage>): Listing {
  const pages = listing.pages.map((page, index) => (index === at ? { ...page, ...change } : page))
  return { ...listing, pages }
}

/** One file more before the end: the next page starts one further on. */
function moveEnd(listing: Listing, by: number): Listing {
  const last = listing.pages.length - 1
  const page = listing.pages[last]
  return page ? changePage(listing, last, { next_offset: page.next_offset + by }) : listing
}
