import type { FileName } from '#contract/file-name.ts'
import { type FilesPage, filesPageSize, type ListedFile } from '#contract/files.ts'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'
import { isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { type FileRepository, fileLink, type StoredFile } from './file-repository.ts'
import type { FolderRepository } from './folder-repository.ts'

export type Place = { userId: string; folder: FolderPath }

export type FileListing = {
  /**
   * The page of `GET /files` that starts at `offset`; with `limit` it is of that size and counts the
   * folder. @throws ApiFailure `not_found`
   */
  page(place: Place, asked: AskedPage): Promise<FilesPage>
}

type AskedPage = { offset: number; limit?: number | undefined }

type Deps = { files: FileRepository; folders: FolderRepository; publicUrl(): string }

export function createFileListing({ files, folders, publicUrl }: Deps): FileListing {
  return {
    async page(place, { offset, limit: askedLimit }) {
      const { userId, folder } = place
      // The root is there also when nothing is in it.
      if (folder !== rootFolder && !(await folders.folderExists(userId, folder))) {
        throw new ApiFailure('not_found', `There is no folder ${folder}`)
      }
      const limit = askedLimit ?? filesPageSize
      const { files: found, ...counted } = await files.page(place, {
        offset,
        // One more than a page holds tells whether there is another page.
        limit: limit + 1,
        isCounted: askedLimit !== undefined,
      })
      const shown = found.slice(0, limit)
      return {
        status: 'ok',
        path: folder,
        folders: offset === 0 ? await folders.subfolders(userId, folder) : [],
        files: shown.map((file) => listedFile(publicUrl(), file)),
        limit,
        next_offset: offset + shown.length,
        has_more: found.length > limit,
        ...counted,
      }
    },
  }
}

function listedFile(publicUrl: string, file: StoredFile): ListedFile {
  return {
    name: file.name,
    size: file.size,
    link: fileLink(publicUrl, file),
    uploaded_at: isoTime(file.uploadedAt.getTime()),
  }
}

/**
 * The listed file of the same folder, name and bytes; null without one. Where its own bytes are
 * missing or damaged the staged ones, which are the same, take their place.
 */
export type FindSame = (
  place: Place,
  file: { name: FileName; staged: StagedBlob },
) => Promise<StoredFile | null>

export function createFindSame(deps: { files: FileRepository; blobs: BlobStore }): FindSame {
  const { files, blobs } = deps
  return async ({ userId, folder }, { name, staged }) => {
    const same = await files.findSame({ userId, folder, name, sha256: staged.sha256 })
    if (same && !(await blobs.isWhole(same))) await blobs.repair(same.blobId, staged)
    return same
  }
}
