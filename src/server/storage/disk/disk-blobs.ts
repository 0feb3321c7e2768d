import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, glob, mkdir, open, rename, rm, stat, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { batchChunks } from '#server/bytes/batch-chunks.ts'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type {
  BlobSource,
  BlobStore,
  KnownBlob,
  StagedBlob,
  StageLimits,
  WorkFolder,
} from '#server/storage/blob-store.ts'
import { notWhole } from '#server/storage/whole-blob.ts'
import { type Disk, onDisk, unavailableWhenFailing } from './disk.ts'
import { DiskPartials } from './disk-partials.ts'
import { readBytes } from './file-bytes.ts'
import type { FileHasher } from './file-hasher.ts'
import { createEnsureFreeSpace, type EnsureFreeSpace } from './free-space.ts'
import { blobName, putInPlace, type StoreFolders, sweepFolders } from './store-folders.ts'
import { type WrittenBlob, writeBlob } from './write-blob.ts'

const workFileChunk = 256 * 1024
/** Batches of all uploads and imports that may be on their way to the disk at once. */
const maxWrites = 16

type DiskBlobsOptions = {
  dataFolder: string
  folders: StoreFolders
  disk: Disk
  hasher: FileHasher
}

/** The store in folders that were tried before. */
export async function openDiskBlobs(options: DiskBlobsOptions): Promise<BlobStore> {
  const { dataFolder, folders, hasher } = options
  const disk = unavailableWhenFailing(options.disk)
  const ensureFreeSpace = await createEnsureFreeSpace({ dataFolder, blobs: folders.blobs, disk })
  return new DiskBlobs({ folders, disk, hasher, ensureFreeSpace })
}

type Deps = Omit<DiskBlobsOptions, 'dataFolder'> & { ensureFreeSpace: EnsureFreeSpace }

class DiskBlobs implements BlobStore {
  readonly ensureFreeSpace: EnsureFreeSpace
  readonly partials: DiskPartials
  /** What is not listed is found at the next start. */
  readonly settle = null
  readonly presign = null
  readonly #folders: StoreFolders
  readonly #disk: Disk
  readonly #placeBlobs: PlaceBlobs
  /** What it takes to write a blob, whichever it is. */
  readonly #writing: { hasher: FileHasher; permits: Semaphore }
  /** Where staged bytes lie is nobody else's business. */
  readonly #stagedPaths = new WeakMap<StagedBlob, string>()

  constructor({ folders, disk, hasher, ensureFreeSpace }: Deps) {
    this.ensureFreeSpace = ensureFreeSpace
    this.#folders = folders
    this.#disk = disk
    this.#placeBlobs = createPlaceBlobs(disk)
    this.#writing = { hasher, permits: new Semaphore(maxWrites) }
    this.partials = new DiskPartials({
      ...{ staging: folders.staging, disk, ...this.#writing },
      noteStaged: (path, written) => this.#noteStaged(path, written, async () => {}),
    })
  }

  async stage(source: BlobSource, limits: StageLimits = {}): Promise<StagedBlob> {
    if ('workFile' in source) return await this.#stageWorkFile(source.workFile, limits)
    const { ensureFreeSpace } = this
    if (!limits.isRoomEnsured) await ensureFreeSpace(limits.expectedBytes ?? 0)
    const path = join(this.#folders.staging, `${randomUUID()}.part`)
    try {
      await using file = await this.#disk.create(path)
      const written = await writeBlob({ ...this.#writing, source, file, limits, ensureFreeSpace })
      await file.sync()
      return this.#noteStaged(path, written)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  async isReachable(): Promise<boolean> {
    return (await stat(this.#folders.blobs)).isDirectory()
  }

  /** A work folder is on the same file system: its files are hashed, and nothing is copied. */
  #stageWorkFile(path: string, limits: StageLimits): Promise<StagedBlob> {
    return onDisk(async () => {
      const source = batchChunks(createReadStream(path, { highWaterMark: workFileChunk }))
      const written = await writeBlob({ ...this.#writing, source, file: null, limits })
      await using file = await open(path, 'r+')
      await file.sync()
      return this.#noteStaged(path, written)
    })
  }

  #noteStaged(
    path: string,
    written: WrittenBlob,
    discard = () => unlink(path).catch(ignoreMissing),
  ): StagedBlob {
    const staged = { ...written, discard }
    this.#stagedPaths.set(staged, path)
    return staged
  }

  #stagedPath(staged: StagedBlob): string {
    const path = this.#stagedPaths.get(staged)
    if (path === undefined) throw new Error('It was staged in another store.')
    return path
  }

  #pathOf(blobId: string): string {
    return join(this.#folders.blobs, blobId.slice(0, 2), blobId)
  }

  async commit(staged: readonly StagedBlob[]): Promise<string[]> {
    if (staged.length === 0) return []
    // What is committed together lies in one folder: one fsync of it makes all of it durable.
    const shard = randomUUID().slice(0, 2)
    const blobIds = staged.map(() => shard + randomUUID().slice(2))
    const paths = blobIds.map((blobId) => this.#pathOf(blobId))
    try {
      const moves = staged.map((one, index) => [this.#stagedPath(one), paths[index] ?? ''] as const)
      await this.#placeBlobs(dirname(paths[0] ?? ''), () =>
        settleAll(moves.map(([from, to]) => putInPlace(from, to))),
      )
      return blobIds
    } catch (error) {
      await Promise.all(paths.map((path) => rm(path, { force: true })))
      throw error
    }
  }

  async repair(blobId: string, staged: StagedBlob): Promise<void> {
    const [from, to] = [this.#stagedPath(staged), this.#pathOf(blobId)]
    await this.#placeBlobs(dirname(to), () => rename(from, to))
  }

  remove(blobId: string): Promise<void> {
    return onDisk(() => rm(this.#pathOf(blobId), { force: true }))
  }

  async isWhole({ blobId, size }: KnownBlob): Promise<boolean> {
    const found = await onDisk(() => stat(this.#pathOf(blobId)).catch(nullWhenMissing))
    return found?.size === size
  }

  async requireWhole(blob: KnownBlob): Promise<void> {
    const found = await onDisk(() => stat(this.#pathOf(blob.blobId)).catch(nullWhenMissing))
    if (found?.size !== blob.size) throw notWhole(blob, found)
  }

  open(blob: KnownBlob, range: ByteRange): Promise<Readable | Uint8Array> {
    return onDisk(async () => {
      const file = await open(this.#pathOf(blob.blobId), 'r').catch(nullWhenMissing)
      const found = file && (await file.stat())
      if (file && found?.size === blob.size) return await readBytes(file, range)
      await file?.close()
      throw notWhole(blob, found)
    })
  }

  async *list(): AsyncGenerator<KnownBlob> {
    for await (const path of glob('[0-9a-f][0-9a-f]/*', { cwd: this.#folders.blobs })) {
      const blobId = basename(path)
      if (!blobName.test(blobId)) continue
      const found = await onDisk(() => stat(this.#pathOf(blobId)).catch(nullWhenMissing))
      if (found) yield { blobId, size: found.size }
    }
  }

  async createWorkFolder(): Promise<WorkFolder> {
    const path = join(this.#folders.work, randomUUID())
    await onDisk(() => mkdir(path, { mode: 0o700 }))
    const dispose = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
    return { path, [Symbol.asyncDispose]: dispose }
  }

  async lend(blob: KnownBlob, folder: WorkFolder): Promise<string> {
    await this.requireWhole(blob)
    const [stored, lent] = [this.#pathOf(blob.blobId), join(folder.path, 'lent')]
    // A second name of the file itself would look like an upload that never ended, after a crash.
    await onDisk(() => symlink(stored, lent).catch(() => copyFile(stored, lent)))
    return lent
  }

  sweep(): Promise<void> {
    return sweepFolders(this.#folders)
  }
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** Ends when all have ended: what fails must not be cleared up while others are still on their way. */
async function settleAll(works: Promise<void>[]): Promise<void> {
  await Promise.allSettled(works)
  await Promise.all(works)
}

/** Puts blobs into `folder` by `put`, and makes that survive a power cut. */
type PlaceBlobs = (folder: string, put: () => Promise<void>) => Promise<void>

/** @throws ApiFailure `unavailable` where the disk fails. */
function createPlaceBlobs(disk: Disk): PlaceBlobs {
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

  return async (folder, put) => {
    try {
      await requireShard(folder)
      await onDisk(put)
      await disk.syncFolder(folder)
    } catch (error) {
      // It may not have been made, or somebody took it away: the next blob makes it anew.
      shards.delete(folder)
      throw error
    }
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
