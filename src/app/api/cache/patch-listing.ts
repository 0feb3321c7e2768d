import type { InfiniteData } from '@tanstack/react-query'
import type { FilesPage, FolderNode, ListedFile } from '#contract/files.ts'
import { childFolder, type FolderPath, folderSegments } from '#contract/folder-path.ts'

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
 * The listing with a fresh first page. What is loaded behind the last file that both know stays, so that
 * nobody who has scrolled there loses it; where they know none, it loads again as somebody scrolls.
 */
export function joinFirstPage(listing: Listing, first: FilesPage): Listing {
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

/** The server's order: by name with case folded. */
export function isBefore(name: string, other: string): boolean {
  return name.toLowerCase() < other.toLowerCase()
}
