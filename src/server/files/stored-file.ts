import type { FolderPath } from '#contract/folder-path.ts'

export type StoredFile = {
  id: string
  trackingId: string
  name: string
  folder: FolderPath
  /** Bytes. */
  size: number
  /** Hex. */
  sha256: string
  uploadedAt: Date
}
