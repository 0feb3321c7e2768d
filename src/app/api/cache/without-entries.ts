import type { FilesPage, FolderNode } from '#contract/files.ts'
import { childFolder, type FolderPath, folderName, folderSegments } from '#contract/folder-path.ts'
import type { Listing } from './listing.ts'
import { addTreeFolder } from './patch-listing.ts'

/** The listing without these files and subfolders; what was behind them moves up. */
export function withoutEntries(
  listing: Listing,
  gone: { files: ReadonlySet<string>; folders: ReadonlySet<string> },
): Listing {
  let taken = 0
  let isFirst = true
  const pages: FilesPage[] = []
  const pageParams: number[] = []
  for (const [at, page] of listing.pages.entries()) {
    const offset = (listing.pageParams[at] ?? 0) - taken
    const files = page.files.filter(({ name }) => !gone.files.has(name))
    taken += page.files.length - files.length
    // An empty page would stand for the end of the folder.
    if (files.length > 0 || isFirst) {
      const folders = page.folders.filter((name) => !gone.folders.has(name))
      pages.push({ ...page, folders, files, next_offset: page.next_offset - taken })
      pageParams.push(offset)
    }
    isFirst = false
  }
  return close({ ...listing, pages, pageParams }, taken, listing.pages.at(-1)?.has_more === true)
}

function close(listing: Listing, taken: number, hasMore: boolean): Listing {
  const { pages, total } = listing
  const last = pages.at(-1)
  const closed = last && last.has_more !== hasMore ? { ...last, has_more: hasMore } : last
  return {
    ...listing,
    pages: closed ? [...pages.slice(0, -1), closed] : pages,
    ...(total === undefined ? {} : { total: Math.max(0, total - taken) }),
    ...(closed?.files.length === 0 && hasMore ? { isEmptied: true } : {}),
  }
}

/** The listing without any file, loaded or not. */
export function withoutFiles(listing: Listing): Listing {
  const [first] = listing.pages
  if (!first) return listing
  const page = { ...first, files: [], next_offset: 0, has_more: false }
  return { pages: [page], pageParams: [0], total: 0 }
}

/** The folder in the tree; null where it is not. */
export function findTreeFolder(tree: FolderNode, folder: FolderPath): FolderNode | null {
  let node: FolderNode | undefined = tree
  for (const name of folderSegments(folder)) {
    node = node?.folders.find((child) => child.name === name)
  }
  return node ?? null
}

/** The tree without `folder` and all that is in it. */
export function withoutTreeFolder(tree: FolderNode, folder: FolderPath): FolderNode {
  return changeBelow(tree, folderSegments(folder), () => null)
}

/** The tree with `node`, and all that is in it, at `folder`; those above are made where they are missing. */
export function withTreeNode(tree: FolderNode, node: FolderNode, folder: FolderPath): FolderNode {
  const grown = addTreeFolder(tree, folder)
  return changeBelow(grown, folderSegments(folder), () => rebase(node, folder))
}

function changeBelow(
  node: FolderNode,
  [name, ...rest]: string[],
  change: (node: FolderNode) => FolderNode | null,
): FolderNode {
  const folders = node.folders.flatMap((child) => {
    if (child.name !== name) return [child]
    return rest.length > 0 ? [changeBelow(child, rest, change)] : (change(child) ?? [])
  })
  return { ...node, folders }
}

/** With a list of its own instead of recursion: a tree may be deeper than the call stack. */
function rebase(node: FolderNode, folder: FolderPath): FolderNode {
  const top: FolderNode = { ...node, name: folderName(folder), path: folder }
  const waiting = [top]
  for (const parent of waiting) {
    parent.folders = parent.folders.map((child) => {
      const moved = { ...child, path: childFolder(parent.path as FolderPath, child.name) }
      waiting.push(moved)
      return moved
    })
  }
  return top
}
