import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { AddFile } from '#server/files/add-file.ts'
import { fileLink } from '#server/files/file-link.ts'
import { type Download, type DownloadParts, downloadFile } from './download-file.ts'
import type { ImportRepository, ImportTaskRow } from './import-repository.ts'

export type FileImportParts = DownloadParts & {
  addFile: AddFile
  repository: ImportRepository
  publicUrl(): string
}

/** Downloads a task's link, which is open, and lists it as a file, which ends the task. */
export async function importFile(
  parts: FileImportParts,
  task: ImportTaskRow,
  run: Pick<Download, 'source' | 'signal' | 'onProgress'>,
): Promise<void> {
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
  await parts.addFile({
    ...{ userId: task.user_id, folder, name, staged },
    alongside: async (transaction, [file]) => {
      if (file === undefined) return
      const result = { title: file.name, result_link: fileLink(parts.publicUrl(), file) }
      await parts.repository.finish(
        task.id,
        { state: 'completed', progress: 100, ...result },
        transaction,
      )
    },
  })
}
