import { endpoints } from '#contract/endpoints.ts'
import { type FilesPage, filesPageSize } from '#contract/files.ts'
import { type FolderPath, folderSegments, rootFolder } from '#contract/folder-path.ts'
import { rateLimitWindowSeconds } from '#contract/rate-limit.ts'
import { isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { AskedPage, FileListing } from '#server/files/file-listing.ts'
import type { FolderPlace, Subfolders } from '#server/files/folder-repository.ts'
import type { FolderTree } from '#server/files/folder-tree.ts'
import type { ForGuests } from '#server/http/route/route.ts'
import type { Guest } from './guest-key.ts'
import type { GuestLinks } from './guest-links.ts'
import type { Selection, SharedTree, SharedTrees } from './shared-tree.ts'

type Deps = {
  forGuests: ForGuests<Guest>
  listing: FileListing
  tree: FolderTree
  trees: SharedTrees
  links: GuestLinks
  uploadMaxBytes: number
  publicUrl(): string
}

/** What a guest sees: what the link shares, as `/`. Nothing above or beside has a path. */
export function addGuestReads(deps: Deps): void {
  const { forGuests, listing, tree, trees, links, publicUrl } = deps

  forGuests(endpoints.me, async ({ key: { id, scopes, share }, rateLimit }) => ({
    status: 'ok' as const,
    username: share.username,
    plan: share.plan ?? '',
    key: {
      ...{ id, name: share.name, scopes },
      ...{ key_prefix: share.prefix, key_last4: share.last4 },
      created_at: isoTime(share.created_at),
      expires_at: isoTime(share.expires_at),
    },
    rate_limit: {
      limit: rateLimit.limit,
      remaining: rateLimit.remaining,
      reset: rateLimit.reset,
      window_seconds: rateLimitWindowSeconds,
    },
    limits: { upload_max_bytes: deps.uploadMaxBytes },
    share: {
      ...{ kind: share.kind, name: share.name },
      ...{ max_bytes: share.max_bytes, used_bytes: share.used_bytes },
    },
  }))

  forGuests(endpoints.files, async ({ query, key }) => {
    const linkId = (trackingId: string) => links.seal(key.id, trackingId)
    const found = await locate(key, query.path)
    if ('selection' in found) return selectionPage(found.selection, query, { publicUrl, linkId })
    return await listing.page(found.place, query, { path: query.path, linkId })
  })

  forGuests(endpoints.folders, async ({ key: { share } }) => {
    const shared = await trees.find(share)
    if (shared === null) throw gone()
    const top = shared.kind === 'folder' ? shared.folderId : levelOf(shared)
    return await tree.replyBelow(share.user_id, top)
  })

  /** @throws ApiFailure `not_found` */
  async function locate({ share }: Guest, path: FolderPath) {
    const shared = await trees.find(share)
    if (shared === null) throw gone()
    return placeIn(share.user_id, shared, path)
  }
}

/**
 * Where a path of a guest leads: a folder below what is shared, or the selection itself. @throws
 * ApiFailure `not_found`
 */
export function placeIn(
  userId: string,
  shared: NonNullable<SharedTree>,
  path: FolderPath,
): { place: FolderPlace } | { selection: Selection } {
  if (shared.kind === 'folder') {
    return { place: { userId, folder: path, rootId: shared.folderId } }
  }
  const [first, ...rest] = folderSegments(path)
  if (first === undefined) return { selection: shared }
  const top = shared.folders.find(({ name }) => name === first)
  if (top === undefined) throw new ApiFailure('not_found', `There is no folder ${path}`)
  const folder = (rest.length === 0 ? rootFolder : `/${rest.join('/')}/`) as FolderPath
  return { place: { userId, folder, rootId: top.id } }
}

export function gone(): ApiFailure {
  return new ApiFailure('not_found', 'What this link shares is not there any more.')
}

/** The folders of a selection as those of one folder. */
function levelOf({ folders }: Selection): Subfolders {
  return {
    parentId: -1,
    names: folders.map(({ name }) => name),
    ids: folders.map(({ id }) => id),
  }
}

/** A selection as a page of `GET /files`: it has at most 1,000 files. */
function selectionPage(
  selection: Selection,
  { offset, limit: askedLimit, sort, order }: AskedPage,
  { publicUrl, linkId }: { publicUrl(): string; linkId: (trackingId: string) => string },
): FilesPage {
  const files = [...selection.files]
  if (sort === 'size') files.sort((one, other) => one.size - other.size)
  if (sort === 'uploaded_at') files.sort((one, other) => one.uploadedAt - other.uploadedAt)
  const folders = selection.folders.map(({ name }) => name)
  if (order === 'desc') files.reverse()
  if (order === 'desc' && sort === 'name') folders.reverse()
  const limit = askedLimit ?? filesPageSize
  const page = files.slice(offset, offset + limit)
  const next_offset = offset + page.length
  return {
    status: 'ok',
    path: rootFolder,
    folders: offset === 0 ? folders : [],
    files: page.map(({ name, ownName, size, trackingId, uploadedAt }) => ({
      ...{ name, size, uploaded_at: isoTime(uploadedAt) },
      link: `${publicUrl()}/share/${linkId(trackingId)}/${encodeURIComponent(ownName)}`,
    })),
    ...{ limit, next_offset, has_more: next_offset < files.length },
    ...(askedLimit !== undefined && { total: files.length }),
  }
}
