import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Disk, onDisk } from './disk.ts'

/** Puts a blob at `path` by `put`, and makes that survive a power cut. */
export type PlaceBlob = (path: string, put: (path: string) => Promise<void>) => Promise<void>

/** @throws ApiFailure `unavailable` where the disk fails. */
export function createPlaceBlob(disk: Disk): PlaceBlob {
  // Each is made durable by its first blob; a second one at the same time waits for that, too.
  const shards = new Map<string, Promise<void>>()
  function requireShard(folder: string): Promise<void> {
    const ready = shards.get(folder) ?? makeShard(folder)
    shards.set(folder, ready)
    return ready
  }
  async function makeShard(folder: string): Promise<void> {
    // Not recursive: then whatever fails comes as ENOENT.
    await onDisk(() => mkdir(folder, { mode: 0o700 }).catch(ignoreExisting))
    await disk.syncFolder(dirname(folder))
  }

  return async (path, put) => {
    const folder = dirname(path)
    try {
      await requireShard(folder)
      await onDisk(() => put(path))
      await disk.syncFolder(folder)
    } catch (error) {
      // It may not have been made, or somebody took it away: the next blob makes it anew.
      shards.delete(folder)
      throw error
    }
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
