import { type FileHandle, open, statfs } from 'node:fs/promises'
import { isStorageFailure, storageUnavailable } from '#server/core/failure.ts'

/** The part of a file handle that writing a blob needs. */
export type WritableFile = Pick<
  FileHandle,
  'writev' | 'datasync' | 'sync' | typeof Symbol.asyncDispose
>

/** What can fail under the server's feet. Tests put a failing one in its place. */
export type Disk = {
  /** A new file, readable by the server's own user alone. */
  create(path: string): Promise<WritableFile>
  /** One that is there, to write on in it. */
  openAgain(path: string): Promise<WritableFile>
  /** Makes a rename in `folder` survive a power cut. */
  syncFolder(folder: string): Promise<void>
  /** Bytes that are left on the file system of `folder`. */
  freeBytes(folder: string): Promise<number>
  totalBytes(folder: string): Promise<number>
}

export const systemDisk: Disk = {
  create: (path) => open(path, 'wx', 0o600),
  openAgain: (path) => open(path, 'r+'),
  async syncFolder(folder) {
    await using handle = await open(folder, 'r')
    await handle.sync()
  },
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  },
  async totalBytes(folder) {
    const { blocks, bsize } = await statfs(folder)
    return blocks * bsize
  },
}

/** `work` on files: whatever the system fails it with comes as `unavailable`, with the cause for the log. */
export async function onDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw isStorageFailure(error) ? storageUnavailable(error) : error
  }
}

/** The same disk, failing by `unavailable`: among the bytes of a source, whose failure it was cannot be told later. */
export function unavailableWhenFailing(disk: Disk): Disk {
  return {
    create: (path) => onDisk(async () => wrapFile(await disk.create(path))),
    openAgain: (path) => onDisk(async () => wrapFile(await disk.openAgain(path))),
    syncFolder: (folder) => onDisk(() => disk.syncFolder(folder)),
    freeBytes: (folder) => onDisk(() => disk.freeBytes(folder)),
    totalBytes: (folder) => onDisk(() => disk.totalBytes(folder)),
  }
}

function wrapFile(file: WritableFile): WritableFile {
  return {
    writev: ((...args: Parameters<WritableFile['writev']>) =>
      onDisk(() => file.writev(...args))) as WritableFile['writev'],
    datasync: () => onDisk(() => file.datasync()),
    sync: () => onDisk(() => file.sync()),
    [Symbol.asyncDispose]: () => onDisk(async () => await file[Symbol.asyncDispose]()),
  }
}
