import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { AddFile } from '#server/files/add-file.ts'
import { fileLink } from '#server/files/file-link.ts'
import { type DownloadParts, downloadFile } from './download-file.ts'
import type { ImportEnd, ImportTaskRow } from './import-repository.ts'

export type FileImportParts = DownloadParts & {
  addFile: AddFile
  publicUrl(): string
}

/** Downloads a task's link and lists it as a file. */
export async function importFile(
  parts: FileImportParts,
  task: ImportTaskRow,
  run: { signal: AbortSignal; onProgress(bytes: number, total: number | null): void },
): Promise<ImportEnd> {
  const { name, staged } = await downloadFile(parts, {
    url: new URL(task.url),
    asked: task.file_name as FileName | null,
    ...run,
  })
  if (run.signal.aborted) {
    await staged.discard()
    throw run.signal.reason
  }
  const folder = task.folder as FolderPath
  const file = await parts.addFile({ userId: task.user_id, folder, name, staged })
  return {
    state: 'completed',
    progress: 100,
    title: file.name,
    result_link: fileLink(parts.publicUrl(), file),
  }
}
