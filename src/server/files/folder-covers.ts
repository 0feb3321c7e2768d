import { fileKind } from '#contract/file-kind.ts'
import type { Database } from '#server/storage/database.ts'
import type { SnapshotRead } from '#server/storage/dialect.ts'
import {
  type NumberValue,
  prepareRead,
  prepareTuples,
  type ReadInSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'

/** A folder with more subfolders has covers for the first of them: each is a read. */
const mostFolders = 300
/** So many of a folder's files are looked at. */
const mostFiles = 40

/** The file whose picture stands for a folder. */
export type FolderCover = { folder: string; name: string; size: number; trackingId: string }

type FileRow = [name: string, size: number, trackingId: string]

/** Reads what stands for the subfolders of a folder: of each the first picture by name, else the first film. */
export function prepareCovers(database: Database) {
  const readFolders = prepareRead(database, (userId: TextValue, parentId: NumberValue) =>
    database
      .selectFrom('folder')
      .select(['id', 'name'])
      .where('user_id', '=', userId)
      .where('parent_id', '=', parentId)
      .orderBy('folded_name')
      .orderBy('name')
      .limit(mostFolders),
  )
  const readFiles = prepareTuples<[string, number], FileRow>(database, (userId, folderId) =>
    database
      .selectFrom('file')
      .select(['name', 'size', 'tracking_id'])
      .where('user_id', '=', userId)
      .where('folder_id', '=', folderId)
      .orderBy('folded_name')
      .orderBy('id')
      .limit(mostFiles),
  )
  return function* (
    read: ReadInSnapshot,
    userId: string,
    folderId: number,
  ): Generator<SnapshotRead, FolderCover[], unknown[]> {
    const covers: FolderCover[] = []
    for (const folder of yield* read(readFolders, userId, folderId)) {
      const files = yield* read(readFiles, userId, folder.id)
      const first = (kind: string) =>
        files.find(([name, size]) => size > 0 && fileKind(name, size) === kind)
      const found = first('image') ?? first('video')
      if (!found) continue
      const [name, size, trackingId] = found
      covers.push({ folder: folder.name, name, size, trackingId })
    }
    return covers
  }
}
