import { type FileHandle, open, statfs } from 'node:fs/promises'

/** The part of a file handle that writing a blob needs. */
export type WritableFile = Pick<
  FileHandle,
  'writev' | 'datasync' | 'sync' | typeof Symbol.asyncDispose
>

/** What can fail under the server's feet. Tests put a failing one in its place. */
export type Disk = {
  /** A new file, readable by the server's own user alone. */
  create(path: string): Promise<WritableFile>
  /** Makes a rename in `folder` survive a power cut. */
  syncFolder(folder: string): Promise<void>
  /** Bytes that are left on the file system of `folder`. */
  freeBytes(folder: string): Promise<number>
  totalBytes(folder: string): Promise<number>
}

export const systemDisk: Disk = {
  create: (path) => open(path, 'wx', 0o600),
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
