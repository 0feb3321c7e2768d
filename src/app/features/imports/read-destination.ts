import { parseFileName } from '#contract/file-name.ts'
import { parseNewFolderPath } from '#contract/folder-path.ts'
import type { ImportOptions } from './import-job.ts'

export type Destination = {
  folderError: string | null
  fileNameError: string | null
  /** With the folder and name as they will be sent: '' where they do not apply. */
  options: ImportOptions
}

/** Reads where a file import shall go. Videos go to a folder of their own title. */
export function readDestination(options: ImportOptions, linkCount: number): Destination {
  const isVideo = options.type === 'video'
  const folder = parseNewFolderPath(isVideo ? '/' : options.folder.trim())
  const typedName = isVideo || linkCount > 1 ? '' : options.fileName.trim()
  const fileName = typedName === '' ? null : parseFileName(typedName)
  return {
    folderError: folder.ok ? null : folder.rule,
    fileNameError: fileName && !fileName.ok ? fileName.rule : null,
    options: {
      ...options,
      folder: isVideo || !folder.ok ? '' : folder.value,
      fileName: fileName?.ok ? fileName.value : '',
    },
  }
}
