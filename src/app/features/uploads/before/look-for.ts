import type { ArrivedFile, Looked, SoughtUpload } from '#app/features/uploads/upload.ts'
import type { ListedFile } from '#contract/files.ts'
import { arrivedFrom } from './arrived-from.ts'
import { type FolderReader, listFolders, namesByFolder } from './list-folders.ts'

/** See `UploadConnection.lookFor`. Throws AbortError alone. */
export async function lookFor(
  reader: FolderReader,
  sought: readonly SoughtUpload[],
): Promise<Looked> {
  const listed = await listFolders(reader, namesByFolder(sought))
  const there = new Map<string, ArrivedFile>()
  const missing = new Set<string>()
  for (const upload of sought) {
    const folder = listed.get(upload.folder)
    const file = folder?.files.get(upload.name)
    if (file && isThatUpload(upload, file)) there.set(upload.id, arrivedFrom(file, upload.folder))
    else if (folder?.isWhole) missing.add(upload.id)
  }
  return { there, missing }
}

/** It came after this upload began, with as many bytes. Times of the server, whose clock names seconds. */
function isThatUpload({ size, notBefore }: SoughtUpload, file: ListedFile): boolean {
  return file.size === size && Date.parse(file.uploaded_at) >= notBefore - 1_000
}
