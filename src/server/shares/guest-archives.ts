import type * as z from 'zod/mini'
import type { archiveBody } from '#contract/archive.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { FileName } from '#contract/file-name.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Locks } from '#server/core/locks.ts'
import type { FoundItem } from '#server/files/archive/archive-repository.ts'
import type { Archives } from '#server/files/archive/archive-routes.ts'
import type { ArchiveGuest } from '#server/files/archive/make-archive.ts'
import type { Item } from '#server/files/manage/item.ts'
import type { ForGuests } from '#server/http/route/route.ts'
import type { Guest, LiveShare } from './guest-key.ts'
import { gone, placeIn } from './guest-routes.ts'
import type { SharedTree, SharedTrees } from './shared-tree.ts'

type Deps = { forGuests: ForGuests<Guest>; archives: Archives; trees: SharedTrees; locks: Locks }

type Body = z.output<typeof archiveBody>

/** All who come by one link share these, so that none of them fills the disk with lists. */
const mostOfLink = { archives: 5, entries: 200_000 }

/** Zips of what a link shares; their own links end with it. */
export function addGuestArchives({ forGuests, archives, trees, locks }: Deps): void {
  forGuests(endpoints.archive, async ({ key: { id, share }, body }) => {
    const shared = await trees.find(share)
    if (shared === null) throw gone()
    const guest = guestOf(archives, share, shared)
    const wish = { ...chosenOf(shared, body), userId: share.user_id, keyId: id, guest }
    // One at a time: a list of many files takes a while to make.
    return await locks.run([`archive ${id}`], () => archives.makeArchive(wish))
  })
}

/** All files of a selection are items by their names: the selection is no folder. */
function chosenOf(shared: NonNullable<SharedTree>, body: Body): Body {
  const { items = [], files_of } = body
  if (shared.kind === 'folder' || files_of?.path !== rootFolder) return body
  const left = new Set(files_of.except)
  const paths = shared.files.map(({ name }) => `${rootFolder}${name}`)
  const wanted = paths.filter((path) => !left.has(path) && !left.has(path.slice(1)))
  return { ...body, items: [...items, ...wanted], files_of: undefined }
}

function guestOf(
  { archives }: Archives,
  share: LiveShare,
  shared: NonNullable<SharedTree>,
): ArchiveGuest {
  const userId = share.user_id
  return {
    async findItem(item) {
      if (shared.kind === 'selection' && item.folder === rootFolder) return topOf(shared, item)
      const place = placeOrNull(userId, shared, item.folder)
      return place && (await archives.findItem(place, { ...item, folder: place.folder }))
    },
    async folderAt(path) {
      const place = placeOrNull(userId, shared, path)
      return place && (await archives.folderAt(place, place.folder))
    },
    root: shared.kind === 'folder' ? shared.folderId : itemsOf(shared),
    ...{ rootName: share.name, until: share.expires_at, most: mostOfLink },
  }
}

type Selected = Extract<SharedTree, { kind: 'selection' }>

function itemsOf({ folders, files }: Selected): Item[] {
  const toItem = (kind: Item['kind'], name: string): Item => {
    return { kind, folder: rootFolder, name: name as FileName }
  }
  return [
    ...folders.map(({ name }) => toItem('folder', name)),
    ...files.map(({ name }) => toItem('file', name)),
  ]
}

function topOf({ folders, files }: Selected, { kind, name }: Item): FoundItem {
  const folder = folders.find((one) => one.name === name)
  if (kind === 'folder') return folder ? { folderId: folder.id } : null
  return files.find((one) => one.name === name) ?? null
}

/** Null where the path leads nowhere, or to the selection, which is no folder. */
function placeOrNull(userId: string, shared: NonNullable<SharedTree>, path: FolderPath) {
  try {
    const found = placeIn(userId, shared, path)
    return 'place' in found ? found.place : null
  } catch (error) {
    if (error instanceof ApiFailure) return null
    throw error
  }
}
