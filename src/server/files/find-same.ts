import type { FileName } from '#contract/file-name.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import type { Place } from './file-listing.ts'
import type { FileRepository } from './file-repository.ts'
import type { StoredFile } from './stored-file.ts'

/**
 * The listed file of the same folder, name and bytes; null without one. Where its own bytes are
 * missing or damaged the staged ones, which are the same, take their place.
 */
export type FindSame = (
  place: Place,
  file: { name: FileName; staged: StagedBlob },
) => Promise<StoredFile | null>

export function createFindSame(parts: { files: FileRepository; blobs: BlobStore }): FindSame {
  const { files, blobs } = parts
  return async ({ userId, folder }, { name, staged }) => {
    const same = await files.findSame({ userId, folder, name, sha256: staged.sha256 })
    if (same && !(await blobs.isWhole(same))) await blobs.repair(same.blobId, staged)
    return same
  }
}
