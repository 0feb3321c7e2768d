import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { StagedBlob } from '#server/storage/blob-store.ts'

export type StoredFile = {
  id: string
  trackingId: string
  name: string
  folder: FolderPath
  size: number
  sha256: string
  uploadedAt: Date
}

export type NewFile = { userId: string; folder: FolderPath; name: FileName; staged: StagedBlob }

/**
 * The only way a file comes to be listed. A taken name gets a number; the same folder, name and
 * bytes as a file that is there give that file. The staged blob is used up, whatever happens.
 */
export type AddFile = (file: NewFile) => Promise<StoredFile>
