import type { Target } from '#app/actions/action-context.ts'
import type { Listing } from '#app/api/cache/listing.ts'
import { type CachePatch, cachedListings } from '#app/api/cache/queries.ts'
import { folderOf, type ItemPath, isFolderPath, nameOfItem } from '#app/api/cache/relocate.ts'
import { findTreeFolder } from '#app/api/cache/without-entries.ts'
import { type FileName, numberedFileName } from '#contract/file-name.ts'
import type { ListedFile } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** The whole path of a row of `folder`. */
export function itemOf(target: Target, folder: FolderPath): ItemPath {
  return target.kind === 'folder' ? target.path : folder + target.name
}

/** A file as the cached listing of its folder has it; undefined where it is not loaded. */
export function listedFile(patch: CachePatch, item: ItemPath): ListedFile | undefined {
  if (isFolderPath(item)) return undefined
  const listings = cachedListings(patch, folderOf(item)).map(filesOf)
  return listings.find((files) => files.has(nameOfItem(item)))?.get(nameOfItem(item))
}

const readFiles = new WeakMap<Listing, Map<string, ListedFile>>()

function filesOf(listing: Listing) {
  const known = readFiles.get(listing)
  if (known) return known
  const files = listing.pages
    .flatMap((page) => page.files)
    .map((file) => [file.name, file] as const)
  const read = new Map(files)
  readFiles.set(listing, read)
  return read
}

/** Whether the cached listing, or the tree, has it. A folder and a file of one name are not in each other's way. */
export function isTaken(patch: CachePatch, path: ItemPath): boolean {
  if (!isFolderPath(path)) return listedFile(patch, path) !== undefined
  const tree = patch.queryClient.getQueryData(patch.queries.tree().queryKey)
  return tree ? findTreeFolder(tree, path) !== null : false
}

/** Whether its folder is known, and does not have it. */
export function isGone(patch: CachePatch, item: ItemPath): boolean {
  const { queryClient, queries } = patch
  const { queryKey } = isFolderPath(item) ? queries.tree() : queries.folder(folderOf(item))
  return (
    queryClient.getQueryData(queryKey as readonly unknown[]) !== undefined && !isTaken(patch, item)
  )
}

/**
 * Where `item` will be in `to`, as far as one knows: with a number where its name is taken. `taken` are
 * those that others of the same job have got; this one is added.
 */
export function freePath(
  patch: CachePatch,
  to: FolderPath,
  item: ItemPath,
  taken: Set<ItemPath>,
): ItemPath {
  const name = nameOfItem(item)
  const slash = isFolderPath(item) ? '/' : ''
  let path = to + name + slash
  for (let number = 2; taken.has(path) || isTaken(patch, path); number += 1) {
    path = to + numberedFileName(name as FileName, number) + slash
  }
  taken.add(path)
  return path
}
