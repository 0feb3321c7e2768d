import { createReadStream } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import type { Semaphore } from '#server/core/semaphore.ts'
import type { AppendOptions, PartialBlobs, StagedBlob } from '#server/storage/blob-store.ts'
import { type Disk, onDisk } from './disk.ts'
import type { Digests, FileHasher, RunningHash } from './file-hasher.ts'
import { uuidPattern } from './store-folders.ts'
import { BlobWriter, type WrittenBlob, writeBlob } from './write-blob.ts'

const partialName = new RegExp(`^(${uuidPattern})\\.partial$`)
const readChunk = 256 * 1024
/** A hash is held for each of so many; the files of others are read once more at their end. */
const maxHashes = 256

/** The hash of all bytes so far. What it is in the end can be asked for once, so it is kept. */
type Hashed = { bytes: number; hash: RunningHash; digests: Promise<Digests> | null }

type Options = {
  staging: string
  disk: Disk
  hasher: FileHasher
  permits: Semaphore
  /** Lets a file be committed as what was staged is. */
  noteStaged(path: string, written: WrittenBlob): StagedBlob
}

/** Partial blobs as files beside what is staged, under names that the sweep of those does not take. */
export class DiskPartials implements PartialBlobs {
  readonly #options: Options
  readonly #hashes = new Map<string, Hashed>()

  constructor(options: Options) {
    this.#options = options
  }

  #pathOf(id: string): string {
    return join(this.#options.staging, `${id}.partial`)
  }

  async begin(id: string): Promise<void> {
    const { disk, staging } = this.#options
    await using file = await disk.create(this.#pathOf(id))
    await file.sync()
    await disk.syncFolder(staging)
  }

  async append(
    id: string,
    source: AsyncIterable<ByteBatch>,
    { offset, onDurable }: AppendOptions,
  ): Promise<void> {
    const { disk, permits } = this.#options
    await using file = await disk.openAgain(this.#pathOf(id))
    const hashed = this.#takeHash(id, offset)
    const options = { file, permits, startAt: offset, onDurable }
    const writer = new BlobWriter({ ...options, hash: hashed?.hash ?? null })
    let broken: { error: unknown } | null = null
    try {
      try {
        for await (const batch of source) await writer.add(batch)
      } catch (error) {
        broken = { error }
      }
      await writer.end()
      await file.datasync()
      await onDurable(writer.writtenTo)
    } catch (error) {
      hashed?.hash.drop()
      throw error
    } finally {
      // The file must not be closed under a write that is on its way.
      await writer.settle()
    }
    if (hashed) this.#keepHash(id, { ...hashed, bytes: writer.writtenTo })
    if (broken) throw broken.error
  }

  async stage(id: string, size: number): Promise<StagedBlob | null> {
    const path = this.#pathOf(id)
    const found = await onDisk(() => stat(path).catch(nullWhenMissing))
    if (found?.size !== size) return null
    const digests = (await this.#digests(id, size)) ?? (await this.#read(path))
    // It stays until it is listed: every byte of it was acknowledged.
    return this.#options.noteStaged(path, { size, ...digests })
  }

  async remove(id: string): Promise<void> {
    this.#dropHash(id)
    await onDisk(() => unlink(this.#pathOf(id)).catch(nullWhenMissing))
  }

  async ids(): Promise<string[]> {
    const names = await onDisk(() => readdir(this.#options.staging))
    return names.flatMap((name) => partialName.exec(name)?.[1] ?? [])
  }

  /** The hash to go on with; null where the bytes before `offset` are not in one. */
  #takeHash(id: string, offset: number): Hashed | null {
    const kept = this.#hashes.get(id)
    this.#hashes.delete(id)
    if (kept && kept.bytes === offset && kept.digests === null) return kept
    if (kept?.digests === null) kept.hash.drop()
    return offset === 0 ? { bytes: 0, hash: this.#options.hasher.start(), digests: null } : null
  }

  #keepHash(id: string, hashed: Hashed): void {
    this.#hashes.set(id, hashed)
    if (this.#hashes.size > maxHashes) this.#dropHash([...this.#hashes.keys()][0] ?? '')
  }

  #dropHash(id: string): void {
    const kept = this.#hashes.get(id)
    if (kept?.digests === null) kept.hash.drop()
    this.#hashes.delete(id)
  }

  /** Null where not all of it was hashed as it came: another process had a part of it. */
  async #digests(id: string, size: number): Promise<Digests | null> {
    const kept = this.#hashes.get(id)
    if (kept?.bytes !== size) return null
    kept.digests ??= kept.hash.digests()
    return await kept.digests.catch(() => null)
  }

  #read(path: string): Promise<Digests> {
    const { hasher, permits } = this.#options
    const source = batchChunks(createReadStream(path, { highWaterMark: readChunk }))
    return onDisk(() => writeBlob({ source, file: null, hasher, permits }))
  }
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
