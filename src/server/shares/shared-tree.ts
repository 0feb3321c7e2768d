import { type FileName, numberedFileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { nameKey } from '#contract/name-order.ts'
import { prepareFolderWalk } from '#server/files/folder-repository.ts'
import { numberedName } from '#server/files/manage/item.ts'
import type { Database } from '#server/storage/database.ts'
import { dialectOf, type SnapshotRead } from '#server/storage/dialect.ts'
import {
  prepareRead,
  type ReadInSnapshot,
  readSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'
import type { ShareRow } from './share-repository.ts'

/** A folder of a selection, by the name that guests see. */
export type SharedFolder = { name: string; id: number }
export type SharedFile = {
  id: string
  blobId: string
  name: string
  /** The name its link ends in. */
  ownName: string
  size: number
  trackingId: string
  uploadedAt: number
}

/** What is there of a selection, by name. Names that are alike by now have numbers. */
export type Selection = { folders: SharedFolder[]; files: SharedFile[] }

/** What a link shares: one folder and all below it, or a selection. Null where it is not there. */
export type SharedTree =
  | { kind: 'folder'; folderId: number; path: FolderPath }
  | ({ kind: 'selection' } & Selection)
  | null

export type SharedTrees = ReturnType<typeof createSharedTrees>
type Steps<Result> = Generator<SnapshotRead, Result, unknown[]>
type Shared = Pick<ShareRow, 'id' | 'user_id' | 'folder_id'>

/** Finds what links share, wherever it is now. */
export function createSharedTrees(database: Database) {
  const walk = prepareFolderWalk(database)
  const reads = prepareReads(database)
  const { readItems, readFiles } = reads

  function* find(read: ReadInSnapshot, share: Shared): Steps<SharedTree> {
    if (share.folder_id !== null) {
      const path = yield* walk.pathOf(read, share.folder_id)
      return path === null ? null : { kind: 'folder', folderId: share.folder_id, path }
    }
    const selection = yield* select({ read, walk, ...reads }, share)
    const isEmpty = selection.files.length === 0 && selection.folders.length === 0
    return isEmpty ? null : { kind: 'selection', ...selection }
  }

  return {
    find: (share: Shared): Promise<SharedTree> =>
      readSnapshot(database, (read) => find(read, share)),

    findAll: <One extends Shared>(shares: readonly One[]): Promise<[One, SharedTree][]> =>
      readSnapshot(database, function* (read) {
        const found: [One, SharedTree][] = []
        for (const share of shares) found.push([share, yield* find(read, share)])
        return found
      }),

    /** Whether a file is what a link shares, or lies below it. */
    async has(share: Shared, fileId: string): Promise<boolean> {
      return await readSnapshot(database, function* (read) {
        const [file] = yield* read(readFiles, share.user_id, JSON.stringify([fileId]))
        const above = file ? yield* walk.way(read, file.folder_id) : null
        if (above === null) return false
        if (share.folder_id !== null) return above.ids.includes(share.folder_id)
        const items = yield* read(readItems, share.id)
        return items.some(
          ({ file_id, folder_id }) =>
            file_id === fileId || (folder_id !== null && above.ids.includes(folder_id)),
        )
      })
    },
  }
}

function prepareReads(database: Database) {
  const { elementsOf, numbersOf } = dialectOf(database)
  const readItems = prepareRead(database, (shareId: TextValue) =>
    database
      .selectFrom('share_item')
      .select(['file_id', 'folder_id'])
      .where('share_id', '=', shareId)
      .orderBy('place'),
  )
  const readFiles = prepareRead(database, (userId: TextValue, idsJson: TextValue) =>
    database
      .selectFrom('file')
      .select(['id', 'name', 'size', 'blob_id', 'tracking_id', 'uploaded_at', 'folder_id'])
      .where('user_id', '=', userId)
      .where('id', 'in', elementsOf(idsJson)),
  )
  const readFolders = prepareRead(database, (userId: TextValue, idsJson: TextValue) =>
    database
      .selectFrom('folder')
      .select(['id', 'name'])
      .where('user_id', '=', userId)
      .where('id', 'in', numbersOf(idsJson)),
  )
  return { readItems, readFiles, readFolders }
}

type Reads = ReturnType<typeof prepareReads> & {
  read: ReadInSnapshot
  walk: ReturnType<typeof prepareFolderWalk>
}

/** What is there of a selection. */
function* select(reads: Reads, { id, user_id: userId }: Shared): Steps<Selection> {
  const { read, walk, readItems, readFiles, readFolders } = reads
  const items = yield* read(readItems, id)
  const idsOf = (ids: readonly (string | number | null)[]) =>
    JSON.stringify(ids.filter((id) => id !== null))
  const files = yield* read(readFiles, userId, idsOf(items.map(({ file_id }) => file_id)))
  const folders = yield* read(readFolders, userId, idsOf(items.map(({ folder_id }) => folder_id)))
  const fileById = new Map(files.map((file) => [file.id, file]))
  const folderById = new Map(folders.map((folder) => [folder.id, folder]))
  const reached = new Map<number | null, boolean>()
  const isReached = function* (folderId: number | null): Steps<boolean> {
    const known = reached.get(folderId) ?? (yield* walk.pathOf(read, folderId)) !== null
    reached.set(folderId, known)
    return known
  }
  const selection: Selection = { folders: [], files: [] }
  const taken = { file: new Set<string>(), folder: new Set<string>() }
  for (const { file_id, folder_id } of items) {
    const file = fileById.get(file_id ?? '')
    const folder = folderById.get(folder_id ?? -1)
    if (file && (yield* isReached(file.folder_id))) {
      const name = freeName(taken.file, file.name, (number) =>
        numberedFileName(file.name as FileName, number),
      )
      const { id, size, blob_id: blobId, tracking_id: trackingId, uploaded_at: uploadedAt } = file
      selection.files.push({ id, blobId, name, ownName: file.name, size, trackingId, uploadedAt })
    }
    if (folder && (yield* isReached(folder.id))) {
      const name = freeName(taken.folder, folder.name, (number) =>
        numberedName('folder', folder.name as FileName, number),
      )
      selection.folders.push({ name, id: folder.id })
    }
  }
  selection.files.sort(byName)
  selection.folders.sort(byName)
  return selection
}

function freeName(taken: Set<string>, name: string, numbered: (number: number) => string): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = numbered(number)
  taken.add(free)
  return free
}

function byName(one: { name: string }, other: { name: string }): number {
  const [left, right] = [nameKey(one.name), nameKey(other.name)]
  return left < right ? -1 : left > right ? 1 : 0
}
