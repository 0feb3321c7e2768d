import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadRequest } from './upload.ts'

const byName = new Intl.Collator('en', { numeric: true })

/** A file as react-dropzone hands it out: `path` keeps the folders it came with. */
export type DroppedFile = File & { readonly path?: string }

/**
 * Puts what was dropped or chosen into `folder`, with the folders it came in. The text is unchecked:
 * a name that the rules refuse gets a row that says so, for nothing may leave the queue silently.
 */
export function placeDroppedFiles(
  files: readonly DroppedFile[],
  folder: FolderPath,
): UploadRequest[] {
  const requests = files.map((file) => ({
    file,
    name: file.name,
    folder: folder + foldersAround(file),
  }))
  // Disks list a folder in no order that a person would know.
  return requests.sort(
    (a, b) => byName.compare(a.folder, b.folder) || byName.compare(a.name, b.name),
  )
}

/** `/Trip/day 1/a.jpg` and `Trip/day 1/a.jpg` give `Trip/day 1/`; `./a.jpg` gives ''. */
function foldersAround(file: DroppedFile): string {
  const path = (file.path ?? file.webkitRelativePath ?? '').replace(/^\.?\//, '')
  if (!path.endsWith(`/${file.name}`)) return ''
  return path.slice(0, path.length - file.name.length)
}
