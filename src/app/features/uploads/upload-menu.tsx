import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadRequest } from './upload.ts'

export type UploadMenuProps = {
  folder: FolderPath
  /** False: shown as unavailable with the reason. */
  canUpload: boolean
  onFiles: (requests: UploadRequest[]) => void
}

/** The button `Upload` and its menu `Upload files`, `Upload folder`. */
export function UploadMenu({ canUpload }: UploadMenuProps) {
  return (
    <button type="button" disabled={!canUpload}>
      Upload
    </button>
  )
}
