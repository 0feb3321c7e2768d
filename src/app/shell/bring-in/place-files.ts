import type { UploadRequest } from '#app/features/uploads/upload.ts'
import type { FolderPath } from '#contract/folder-path.ts'

const byName = new Intl.Collator('en', { numeric: true })

/** A file and the folders it lay in, as `''` or `Trip/day 1/`. */
export type FoundFile = { file: File; folders: string }

/**
 * Puts files into `folder`, with the folders they came in. The text is unchecked: a name that the rules
 * refuse gets a row that says so, for nothing may leave the queue silently.
 */
export function placeFiles(files: readonly FoundFile[], folder: FolderPath): UploadRequest[] {
  const requests = files.map(({ file, folders }) => ({
    file,
    name: file.name,
    folder: folder + folders,
  }))
  // Disks list a folder in no order that a person would know.
  return requests.sort(
    (a, b) => byName.compare(a.folder, b.folder) || byName.compare(a.name, b.name),
  )
}

/** The files of an input. One for folders says where they lay: `Trip/a.txt` gives `Trip/`. */
export function chosenFiles(files: readonly File[]): FoundFile[] {
  return files.map((file) => ({
    file,
    // Cut by length: Chromium writes a backslash in a name as a slash here.
    folders: file.webkitRelativePath.slice(0, -file.name.length),
  }))
}
