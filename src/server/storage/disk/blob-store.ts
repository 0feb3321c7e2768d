import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import { ApiFailure } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import { type Disk, onDisk, unavailableWhenFailing } from './disk.ts'
import type { FileHasher } from './file-hasher.ts'
import { putInPlace, type StoreFolders } from './store-folders.ts'
import { type StageLimits, writeBlob } from './write-blob.ts'

/** A file that is whole and fsynced, but not listed. Whoever staged it keeps or discards it. */
export type StagedBlob = {
  path: string
  size: number
  /** Hex. */
  sha256: string
  discard(): Promise<void>
}

export type WorkFolder = { path: string; [Symbol.asyncDispose](): Promise<void> }

/** A blob as its row knows it; `size` in bytes. */
export type KnownBlob = { blobId: string; size: number }

/** Stored bytes by blob id. What the disk fails with comes as ApiFailure `unavailable`. */
export type BlobStore = {
  /**
   * Writes `source` to a new file; its memory is used up. Throws ApiFailure: `payload_too_large` over `maxBytes`,
   * `invalid_request` when not exactly `expectedBytes` came, `unavailable` when the disk is nearly
   * full or fails; the source's own errors; and the signal's reason. Nothing stays behind then.
   */
  stage(source: AsyncIterable<ByteBatch>, limits: StageLimits): Promise<StagedBlob>
  /** Takes over a file that some program wrote in a work folder: hashed and fsynced. */
  adopt(path: string): Promise<StagedBlob>
  /** A private folder on the same file system, gone when disposed and after the next start. */
  createWorkFolder(): Promise<WorkFolder>
  /** Puts it in its place, durably; resolves with the blob's id. Discard `staged` once it is listed. */
  keep(staged: StagedBlob): Promise<string>
  /** Puts the same bytes in the place of a blob that is missing or damaged. */
  repair(blobId: string, staged: StagedBlob): Promise<void>
  remove(blobId: string): Promise<void>
  /** Whether it is there with all its bytes. */
  isWhole(blob: KnownBlob): Promise<boolean>
  /** For reading; the caller closes it. @throws `unavailable` where it is missing, or longer or shorter than it was. */
  open(blob: KnownBlob): Promise<FileHandle>
  /** Throws `unavailable` unless `bytes` more would leave the disk its reserve. */
  ensureFreeSpace(bytes: number): Promise<void>
}

const readBytes = 256 * 1024
/** Batches of all uploads and imports that may be on their way to the disk at once. */
const maxWrites = 16

type Parts = { dataFolder: string; folders: StoreFolders; disk: Disk; hasher: FileHasher }

/** The store in folders that were tried and cleared up before. */
export async function openBlobStore(parts: Parts): Promise<BlobStore> {
  const { dataFolder, folders, hasher } = parts
  const disk = unavailableWhenFailing(parts.disk)
  const permits = new Semaphore(maxWrites)
  const pathOf = (blobId: string) => join(folders.blobs, blobId.slice(0, 2), blobId)

  const ensureFreeSpace = await createEnsureFreeSpace({ dataFolder, blobs: folders.blobs, disk })
  const placeBlob = createPlaceBlob(disk)

  return {
    ensureFreeSpace,

    async stage(source, limits) {
      await ensureFreeSpace(limits.expectedBytes ?? 0)
      const path = join(folders.staging, `${randomUUID()}.part`)
      const discard = () => rm(path, { force: true })
      try {
        await using file = await disk.create(path)
        const written = await writeBlob({ source, file, hasher, permits, limits, ensureFreeSpace })
        await file.sync()
        return { path, discard, ...written }
      } catch (error) {
        await discard()
        throw error
      }
    },

    async adopt(path) {
      return await onDisk(async () => {
        const source = batchChunks(createReadStream(path, { highWaterMark: readBytes }))
        const { size, sha256 } = await writeBlob({ source, file: null, hasher, permits })
        await using file = await open(path, 'r+')
        await file.sync()
        return { path, size, sha256, discard: () => rm(path, { force: true }) }
      })
    },

    async createWorkFolder() {
      const path = join(folders.work, randomUUID())
      await onDisk(() => mkdir(path, { mode: 0o700 }))
      const dispose = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
      return { path, [Symbol.asyncDispose]: dispose }
    },

    async keep(staged) {
      const blobId = randomUUID()
      try {
        await placeBlob(pathOf(blobId), (path) => putInPlace(staged.path, path))
        return blobId
      } catch (error) {
        await rm(pathOf(blobId), { force: true })
        throw error
      }
    },

    repair: (blobId, staged) => placeBlob(pathOf(blobId), (path) => rename(staged.path, path)),
    remove: (blobId) => onDisk(() => rm(pathOf(blobId), { force: true })),

    async isWhole({ blobId, size }) {
      const found = await onDisk(() => stat(pathOf(blobId)).catch(nullWhenMissing))
      return found?.size === size
    },

    open: ({ blobId, size }) =>
      onDisk(async () => {
        const file = await open(pathOf(blobId), 'r').catch(nullWhenMissing)
        if (file === null) throw missing(blobId)
        const found = await file.stat()
        if (found.size === size) return file
        await file.close()
        throw damaged({ blobId, size }, found.size)
      }),
  }
}

function missing(blobId: string): ApiFailure {
  return new ApiFailure(
    'unavailable',
    'The bytes of this file are missing on the server. Upload the file once more, or have them brought back.',
    { cause: new Error(`The blob ${blobId} is missing.`) },
  )
}

function damaged({ blobId, size }: KnownBlob, found: number): ApiFailure {
  return new ApiFailure(
    'unavailable',
    `This file is damaged on the server: it has ${found} bytes where ${size} were stored. Upload the file once more, or have it brought back.`,
    { cause: new Error(`The blob ${blobId} has ${found} bytes, not ${size}.`) },
  )
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** Puts a blob at `path` by `put`, and makes that survive a power cut. */
export type PlaceBlob = (path: string, put: (path: string) => Promise<void>) => Promise<void>

/** @throws ApiFailure `unavailable` where the disk fails. */
function createPlaceBlob(disk: Disk): PlaceBlob {
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

/**
 * Left free on the disk: a database without room for its log could not even be read properly. Of a
 * small disk a part, or nothing would ever fit on it.
 */
const maxReserveBytes = 256 * 1024 * 1024
const reservedPart = 1 / 16

type FreeSpaceOptions = { dataFolder: string; blobs: string; disk: Disk }

/** @throws ApiFailure `unavailable` unless `bytes` more would leave the disk its reserve. */
export type EnsureFreeSpace = (bytes: number) => Promise<void>

async function createEnsureFreeSpace({
  dataFolder,
  blobs,
  disk,
}: FreeSpaceOptions): Promise<EnsureFreeSpace> {
  const reserves = new Map<string, number>()
  // The database needs room as well, also where it is on another disk.
  for (const folder of [blobs, dataFolder]) {
    reserves.set(folder, Math.min(maxReserveBytes, (await disk.totalBytes(folder)) * reservedPart))
  }
  return async (bytes) => {
    for (const [folder, reserve] of reserves) {
      const wanted = folder === blobs ? bytes : 0
      if ((await disk.freeBytes(folder)) - wanted >= reserve) continue
      throw new ApiFailure('unavailable', 'The server has too little storage left for this file.')
    }
  }
}
