import type { FileName } from '#contract/file-name.ts'
import { type FilesPage, filesPageSize } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { JsonText } from '#server/http/route/serialized-reply.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import {
  type FileRepository,
  fileLink,
  type NamedFile,
  type StoredFile,
} from './file-repository.ts'
import type { FolderCover } from './folder-covers.ts'
import type { FolderPlace, FolderRepository } from './folder-repository.ts'
import type { ListedRow, Sorting } from './listing-pages.ts'

export type Place = { userId: string; folder: FolderPath }

export type FileListing = {
  /**
   * The page of `GET /files` that starts at `offset`; with `limit` it is of that size and counts the
   * folder. @throws ApiFailure `not_found`
   */
  page(place: FolderPlace, asked: AskedPage, shown?: ShownAs): Promise<JsonText>
}

/** What others than the account's own keys see of a folder. */
export type ShownAs = {
  /** What it is called; its path if left out. */
  path?: FolderPath
  /** What stands in the links in place of the files' own tracking ids. */
  linkId?: (trackingId: string) => string
}

export type AskedPage = Sorting & {
  offset: number
  limit?: number | undefined
  /** The first page names what stands for each subfolder. */
  covers?: boolean | undefined
}

type Deps = { files: FileRepository; folders: FolderRepository; publicUrl(): string }

export function createFileListing({ files, folders, publicUrl }: Deps): FileListing {
  /** A folder has neither size nor time: only its name turns their order. */
  async function subfolders(userId: string, folderId: number, { sort, order }: Sorting) {
    const names = await folders.subfolders(userId, folderId)
    return sort === 'name' && order === 'desc' ? names.reverse() : names
  }

  return {
    async page(place, { offset, limit: askedLimit, sort, order, covers }, shown = {}) {
      const { userId } = place
      const folder = shown.path ?? place.folder
      const limit = askedLimit ?? filesPageSize
      const withCovers = covers === true && offset === 0
      const page = await files.page(place, { offset, limit, sort, order }, withCovers)
      if (page === null) throw new ApiFailure('not_found', `There is no folder ${folder}`)
      const { folderId, rows, total } = page
      const nextOffset = offset + rows.length
      const head = {
        status: 'ok',
        path: folder,
        folders: offset === 0 ? await subfolders(userId, folderId, { sort, order }) : [],
      } satisfies Partial<FilesPage>
      const tail = {
        limit,
        next_offset: nextOffset,
        has_more: nextOffset < total,
        ...(askedLimit !== undefined && { total }),
        ...(withCovers && { covers: page.covers.map(toCover(publicUrl(), shown.linkId)) }),
      } satisfies Partial<FilesPage>
      const text = `"files":[${filesJson(rows, publicUrl(), shown.linkId)}]`
      return new JsonText(
        `${JSON.stringify(head).slice(0, -1)},${text},${JSON.stringify(tail).slice(1)}`,
      )
    },
  }
}

function toCover(publicUrl: string, linkId = (trackingId: string) => trackingId) {
  return ({ folder, name, size, trackingId }: FolderCover) => ({
    ...{ folder, name, size },
    link: fileLink(publicUrl, { name, trackingId: linkId(trackingId) }),
  })
}

/**
 * Each file as a `ListedFile` of the contract. Written directly: objects for 1,000 files, and then their
 * text, take three times as long.
 */
function filesJson(
  rows: ListedRow[],
  publicUrl: string,
  linkId = (trackingId: string) => trackingId,
): string {
  const shareUrl = JSON.stringify(`${publicUrl}/share/`).slice(0, -1)
  let text = ''
  for (const [name, size, trackingId, uploadedAt, width, height] of rows) {
    const link = `${shareUrl}${linkId(trackingId)}/${encodeURIComponent(name)}"`
    const sides = width === null ? '' : `,"width":${width},"height":${height}`
    text += `${text === '' ? '' : ','}{"name":${JSON.stringify(name)},"size":${size},"link":${link},"uploaded_at":"${isoTime(uploadedAt)}"${sides}}`
  }
  return text
}

/** A file that has come, and where it is to go. */
export type NewFile = { folder: FolderPath; name: FileName; staged: StagedBlob }

/**
 * For each file the listed one of the same folder, name and bytes; null without one. Where its own
 * bytes are missing or damaged the staged ones, which are the same, take their place. Its CRC becomes
 * theirs, too: an archive may have noted one of damaged bytes.
 */
export type FindSame = (
  tree: Omit<FolderPlace, 'folder'>,
  files: NewFile[],
) => Promise<(StoredFile | null)[]>

type SameDeps = { files: FileRepository; blobs: BlobStore }

export function createFindSame(deps: SameDeps): FindSame {
  const { files } = deps
  return async ({ userId, rootId }, wanted) => {
    const known = new Map<string, NamedFile[]>()
    for (const [folder, some] of Map.groupBy(wanted, (file) => file.folder)) {
      const names = some.map(({ name }) => name)
      known.set(folder, await files.named({ userId, rootId, folder }, names))
    }
    const found: (StoredFile | null)[] = []
    for (const { folder, name, staged } of wanted) {
      const same = known
        .get(folder)
        ?.find((one) => one.sha256 === staged.sha256 && isNamed(one, name))
      if (same) await mend(deps, same, staged)
      found.push(same ?? null)
    }
    return found
  }
}

/** `staged` has the bytes that `file` was listed with. */
async function mend({ files, blobs }: SameDeps, file: NamedFile, staged: StagedBlob) {
  if (file.crc32 !== staged.crc32) await files.noteCrc(file.blobId, staged.crc32)
  if (!(await blobs.isWhole(file))) await blobs.repair(file.blobId, staged)
}

/** By the name that was requested for it, or the one it got. */
function isNamed(file: NamedFile, name: FileName): boolean {
  return file.requestedName === name || file.name === name
}
