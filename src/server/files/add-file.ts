import type { AddFiles, Alongside, NewFile } from './add-files.ts'
import type { Place } from './file-listing.ts'
import type { StoredFile } from './stored-file.ts'

/** Lists one file, by the rules of `AddFiles`. */
export type AddFile = (addition: Place & NewFile & { alongside?: Alongside }) => Promise<StoredFile>

export function createAddFile(addFiles: AddFiles): AddFile {
  return async ({ name, staged, ...addition }) => {
    const [file] = await addFiles({ ...addition, files: [{ name, staged }] })
    return file as StoredFile
  }
}
