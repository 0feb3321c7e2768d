import type { FolderNode, ListedFile } from '#contract/files.ts'
import { type FolderPath, folderName, parentFolder } from '#contract/folder-path.ts'
import type { Listing } from './listing.ts'
import { withFiles, withFolder } from './patch-listing.ts'
import { type CachePatch, cachedListings, patchFolder } from './queries.ts'
import {
  findTreeFolder,
  withoutEntries,
  withoutTreeFolder,
  withTreeNode,
} from './without-entries.ts'

/** A whole path: `/Films/a.mp4` is a file, `/Films/` the folder. */
export type ItemPath = string

/** A file or folder that is elsewhere now. `from` null: it is new; `to` null: it is gone. */
export type Relocation = {
  from: ItemPath | null
  to: ItemPath | null
  /** As it was listed; of a file that is not loaded nobody knows. */
  file?: ListedFile | undefined
}

export const isFolderPath = (path: ItemPath): path is FolderPath => path.endsWith('/')

/** The folder that a file or folder is in. */
export function folderOf(path: ItemPath): FolderPath {
  return (isFolderPath(path) ? parentFolder(path) : path.replace(/[^/]+$/, '')) as FolderPath
}

/** The last segment of a path. */
export function nameOfItem(path: ItemPath): string {
  return isFolderPath(path) ? folderName(path) : path.slice(path.lastIndexOf('/') + 1)
}

/** What takes it back. */
export function inverse({ from, to, file }: Relocation): Relocation {
  return { from: to, to: from, file }
}

/**
 * Shows in the cached listings and in the tree that files and folders are elsewhere, without asking the
 * server. The answer is the same with the files as they were listed, for taking it back.
 */
export function relocate(patch: CachePatch, changes: readonly Relocation[]): Relocation[] {
  const known = withListedFiles(patch, changes)
  const moved = known.filter(({ from, to }) => from !== to)
  for (const [folder, some] of groupBy(moved, ({ from }) => from)) {
    const names = some.map(({ from }) => from ?? '')
    const files = new Set(names.filter((name) => !isFolderPath(name)).map(nameOfItem))
    const folders = new Set(names.filter(isFolderPath).map(nameOfItem))
    patchFolder(patch, folder, (listing) => withoutEntries(listing, { files, folders }))
  }
  relocateFolders(patch, moved)
  for (const [folder, some] of groupBy(moved, ({ to }) => to)) {
    patchFolder(patch, folder, (listing) => withAll(listing, some))
  }
  return known
}

function withAll(listing: Listing, changes: readonly Relocation[]): Listing {
  const files = changes.flatMap(({ to, file }) =>
    to !== null && file ? [{ ...file, name: nameOfItem(to) }] : [],
  )
  const folders = changes.flatMap(({ to }) => (to !== null && isFolderPath(to) ? [to] : []))
  return folders.reduce(
    (now, folder) => withFolder(now, folderName(folder)),
    files.length > 0 ? withFiles(listing, files) : listing,
  )
}

function withListedFiles(cache: CachePatch, changes: readonly Relocation[]): Relocation[] {
  const listed = new Map<FolderPath, Map<string, ListedFile>>()
  const find = (path: ItemPath) => {
    const folder = folderOf(path)
    const files =
      listed.get(folder) ??
      new Map(
        cachedListings(cache, folder)
          .flatMap(({ pages }) => pages)
          .flatMap((page) => page.files)
          .map((file) => [file.name, file]),
      )
    listed.set(folder, files)
    return files.get(nameOfItem(path))
  }
  return changes.map((change) => {
    const { from, file } = change
    if (file || from === null || isFolderPath(from)) return change
    return { ...change, file: find(from) }
  })
}

/** In the tree, and the listings of what is in them. */
function relocateFolders(patch: CachePatch, changes: readonly Relocation[]) {
  const { queryKey } = patch.queries.tree()
  for (const { from, to } of changes) {
    if (!isFolderPath(from ?? to ?? '')) continue
    patch.queryClient.setQueryData(
      queryKey,
      (tree) => tree && moveInTree(tree, from as FolderPath | null, to as FolderPath | null),
    )
    if (from !== null) moveListings(patch, from as FolderPath, to)
  }
}

function moveInTree(tree: FolderNode, from: FolderPath | null, to: FolderPath | null): FolderNode {
  const node = from === null ? null : findTreeFolder(tree, from)
  const rest = from === null ? tree : withoutTreeFolder(tree, from)
  return to === null ? rest : withTreeNode(rest, node ?? { name: '', path: '', folders: [] }, to)
}

function moveListings({ queryClient, queries }: CachePatch, from: FolderPath, to: ItemPath | null) {
  const all = queries.folder(from).queryKey.slice(0, 2)
  for (const { queryKey } of queryClient.getQueryCache().findAll({ queryKey: all })) {
    const path = String(queryKey[2])
    if (!path.startsWith(from)) continue
    const listing = queryClient.getQueryData<Listing>(queryKey)
    const next = to === null ? null : ((to + path.slice(from.length)) as FolderPath)
    if (listing && next !== null) {
      const pages = listing.pages.map((page) => ({ ...page, path: next }))
      queryClient.setQueryData(queries.folder(next, listing.order).queryKey, { ...listing, pages })
    }
    queryClient.removeQueries({ queryKey, exact: true })
  }
}

function groupBy(changes: readonly Relocation[], path: (change: Relocation) => ItemPath | null) {
  const there = changes.filter((change) => path(change) !== null)
  return Map.groupBy(there, (change) => folderOf(path(change) ?? '/'))
}
