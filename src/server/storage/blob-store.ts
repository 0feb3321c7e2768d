import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ApiFailure } from '#server/http/api-failure.ts'
import { consumeBytes, type StageLimits } from './consume-bytes.ts'
import type { Disk } from './disk.ts'
import type { FileHasher } from './file-hasher.ts'
import { type ByteBatch, readBatches } from './read-batches.ts'
import { Semaphore } from './semaphore.ts'

/** A file that is whole and fsynced, but not listed. Whoever staged it keeps or discards it. */
export type StagedBlob = {
  path: string
  size: number
  /** Hex. */
  sha256: string
  discard(): Promise<void>
}

export type WorkFolder = { path: string; [Symbol.asyncDispose](): Promise<void> }

/** Stored bytes by blob id, all on one file system. */
export type BlobStore = {
  /**
   * Writes `source` to a new file; its memory is used up. Throws ApiFailure: `payload_too_large` over `maxBytes`,
   * `invalid_request` when not exactly `expectedBytes` came, `unavailable` when the disk is nearly
   * full; the disk's own errors; and the signal's reason. Nothing stays behind then.
   */
  stage(source: AsyncIterable<ByteBatch>, limits: StageLimits): Promise<StagedBlob>
  /** Takes over a file that some program wrote in a work folder: hashed and fsynced. */
  adopt(path: string): Promise<StagedBlob>
  /** A private folder on the same file system, gone when disposed and after the next start. */
  createWorkFolder(): Promise<WorkFolder>
  /** Renames into place and fsyncs the folder; resolves with the blob's id. */
  keep(staged: StagedBlob): Promise<string>
  remove(blobId: string): Promise<void>
  pathOf(blobId: string): string
  /** Throws `unavailable` unless `bytes` more would leave the disk its reserve. */
  requireRoom(bytes: number): Promise<void>
}

/**
 * Left free on the disk: a database without room for its log could not even be read properly. Of a
 * small disk a part, or nothing would ever fit on it.
 */
const maxReserveBytes = 256 * 1024 * 1024
const reservedPart = 1 / 16
const readBytes = 256 * 1024
/** Batches of all uploads and imports that may be on their way to the disk at once. */
const maxWrites = 16

export const blobFolders = { blobs: 'blobs', staging: 'staging', work: 'work' } as const

type Parts = { dataFolder: string; disk: Disk; hasher: FileHasher }

/** Opens the store in `dataFolder`, making its folders. Run `sweepBlobs` before the first use. */
export async function openBlobStore({ dataFolder, disk, hasher }: Parts): Promise<BlobStore> {
  const permits = new Semaphore(maxWrites)
  const folderOf = (name: keyof typeof blobFolders) => join(dataFolder, blobFolders[name])
  const pathOf = (blobId: string) => join(folderOf('blobs'), blobId.slice(0, 2), blobId)
  for (const name of Object.values(blobFolders)) {
    await mkdir(join(dataFolder, name), { recursive: true, mode: 0o700 })
  }
  await disk.syncFolder(dataFolder)

  const reserveBytes = Math.min(maxReserveBytes, (await disk.totalBytes(dataFolder)) * reservedPart)
  async function requireRoom(bytes: number): Promise<void> {
    if ((await disk.freeBytes(dataFolder)) - bytes >= reserveBytes) return
    throw new ApiFailure('unavailable', 'The server has too little storage left for this file.')
  }

  // Each is made durable by its first blob; a second one at the same time waits for that, too.
  const shards = new Map<string, Promise<void>>()
  function requireShard(folder: string): Promise<void> {
    const ready = shards.get(folder) ?? makeShard(folder)
    shards.set(folder, ready)
    return ready
  }
  async function makeShard(folder: string): Promise<void> {
    // Not recursive: then whatever fails comes as ENOENT.
    await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting)
    await disk.syncFolder(dirname(folder))
  }

  return {
    requireRoom,
    pathOf,

    async stage(source, limits) {
      await requireRoom(limits.expectedBytes ?? 0)
      const path = join(folderOf('staging'), `${randomUUID()}.part`)
      const discard = () => rm(path, { force: true })
      try {
        await using file = await disk.create(path)
        const written = await consumeBytes({ source, file, hasher, permits, limits, requireRoom })
        await file.sync()
        return { path, discard, ...written }
      } catch (error) {
        await discard()
        throw error
      }
    },

    async adopt(path) {
      const source = readBatches(createReadStream(path, { highWaterMark: readBytes }))
      const { size, sha256 } = await consumeBytes({ source, file: null, hasher, permits })
      await using file = await open(path, 'r+')
      await file.sync()
      return { path, size, sha256, discard: () => rm(path, { force: true }) }
    },

    async createWorkFolder() {
      const path = join(folderOf('work'), randomUUID())
      await mkdir(path, { mode: 0o700 })
      const dispose = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
      return { path, [Symbol.asyncDispose]: dispose }
    },

    async keep(staged) {
      const blobId = randomUUID()
      const path = pathOf(blobId)
      const folder = dirname(path)
      try {
        await requireShard(folder)
        await rename(staged.path, path)
        await disk.syncFolder(folder)
      } catch (error) {
        // It may not have been made, or somebody took it away: the next blob makes it anew.
        shards.delete(folder)
        await rm(path, { force: true })
        throw error
      }
      return blobId
    },

    remove: (blobId) => rm(pathOf(blobId), { force: true }),
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
