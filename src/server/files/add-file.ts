import { randomUUID } from 'node:crypto'
import { type FileName, numberedFileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { Clock } from '#server/http/clock.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import type { FileTable } from '#server/storage/tables.ts'
import type { FileListing } from './file-listing.ts'
import type { FileRepository } from './file-repository.ts'
import { foldedName } from './folded-name.ts'
import type { FolderTree } from './folder-tree.ts'
import type { StoredFile } from './stored-file.ts'
import { createTrackingId } from './tracking-id.ts'

export type NewFile = { userId: string; folder: FolderPath; name: FileName; staged: StagedBlob }

/**
 * The only way a file comes to be listed. A taken name gets a number; the same folder, name and
 * bytes as a file that is there give that file. The staged blob is used up, whatever happens.
 */
export type AddFile = (file: NewFile) => Promise<StoredFile>

type Parts = {
  files: FileRepository
  blobs: BlobStore
  clock: Clock
  listing: FileListing
  tree: FolderTree
}

export function createAddFile({ files, blobs, clock, listing, tree }: Parts): AddFile {
  // folder and name → the addition under way: two of the same bytes at once must become one file.
  const underWay = new Map<string, Promise<unknown>>()

  async function add(file: NewFile): Promise<StoredFile> {
    const { userId, folder, name, staged } = file
    const same = await files.findSame({ userId, folder, name, sha256: staged.sha256 })
    if (same) return same
    const blobId = await blobs.keep(staged)
    try {
      return await list(file, blobId)
    } catch (error) {
      await blobs.remove(blobId)
      throw error
    }
  }

  async function list(file: NewFile, blobId: string): Promise<StoredFile> {
    const { folder, staged } = file
    const added = {
      id: randomUUID(),
      trackingId: createTrackingId(),
      folder,
      size: staged.size,
      sha256: staged.sha256,
      uploadedAt: new Date(clock.now()),
    }
    for (;;) {
      const free = await freeName(files, file)
      try {
        const stored = { ...added, name: free }
        const row = rowOf(file, stored, blobId)
        const { madeFolders } = await listing.adding(file, stored, () => files.insert(row))
        if (madeFolders) tree.forget(file.userId)
        return stored
      } catch (error) {
        // Somebody else took the name between the look and the insert: look again.
        if (!isNameTaken(error)) throw error
      }
    }
  }

  return async (file) => {
    const place = JSON.stringify([file.userId, file.folder, file.name])
    const before = underWay.get(place)
    const addition = Promise.resolve(before)
      .catch(() => {})
      .then(() => add(file))
    underWay.set(place, addition)
    try {
      return await addition
    } finally {
      if (underWay.get(place) === addition) underWay.delete(place)
      await file.staged.discard()
    }
  }
}

function rowOf({ userId, name }: NewFile, stored: StoredFile, blobId: string): FileTable {
  return {
    id: stored.id,
    user_id: userId,
    folder: stored.folder,
    name: stored.name,
    asked_name: name,
    folded_name: foldedName(stored.name),
    size: stored.size,
    sha256: stored.sha256,
    blob_id: blobId,
    tracking_id: stored.trackingId,
    uploaded_at: stored.uploadedAt.getTime(),
  }
}

const namesAtOnce = 50

async function freeName(files: FileRepository, { userId, folder, name }: NewFile): Promise<string> {
  for (let first = 1; ; first += namesAtOnce) {
    const names = Array.from({ length: namesAtOnce }, (_, index) =>
      first + index === 1 ? name : numberedFileName(name, first + index),
    )
    const taken = await files.takenNames(userId, folder, names)
    const free = names.find((candidate) => !taken.has(candidate))
    if (free !== undefined) return free
  }
}

/** SQLITE_CONSTRAINT_UNIQUE on the index that keeps names apart. */
function isNameTaken(error: unknown): boolean {
  return error instanceof Error && /unique constraint failed.*file\.name/i.test(error.message)
}
