import type { FolderPath } from '#contract/folder-path.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { StoredFile } from '#server/files/file-repository.ts'
import { type Entry, filesById, folderAt } from './item-repository.ts'
import { discardRow } from './trash-repository.ts'

/** A file as it was when it was listed. */
export type ListedFile = Pick<StoredFile, 'id' | 'folder' | 'name' | 'sha256'>

/** Those of `files` that nobody has moved, renamed, replaced or deleted since they were listed. */
export async function findUnchanged<File extends ListedFile>(
  unit: UnitOfWork,
  userId: string,
  files: readonly File[],
): Promise<Map<File, Entry>> {
  const rows = new Map(
    (
      await filesById(
        unit,
        userId,
        files.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  )
  const folders = new Map<FolderPath, number | null>()
  const unchanged = new Map<File, Entry>()
  for (const file of files) {
    const row = rows.get(file.id)
    if (row === undefined || row.name !== file.name || row.sha256 !== file.sha256) continue
    if (!folders.has(file.folder)) {
      folders.set(file.folder, await folderAt(unit, userId, file.folder))
    }
    const folderId = folders.get(file.folder)
    // In the trash a file has no folder.
    if (row.folder_id === null || row.folder_id !== folderId) continue
    unchanged.set(file, { kind: 'file', file: row })
  }
  return unchanged
}

/** Puts a file into the trash that `findUnchanged` has found. `at` in epoch milliseconds. */
export async function discardFile(
  unit: UnitOfWork,
  entry: Entry,
  { userId, file, at }: { userId: string; file: ListedFile; at: number },
): Promise<void> {
  const { folder: parent, name } = file
  await discardRow(unit, entry, { userId, parent, name, at, state: 'kept' })
}
