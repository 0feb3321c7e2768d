import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import type { Semaphore } from '#server/core/semaphore.ts'
import type { BlobSource, StagedBlob, StageLimits } from '#server/storage/blob-store.ts'
import { type Disk, onDisk } from '#server/storage/disk/disk.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'
import type { EnsureFreeSpace } from '#server/storage/disk/free-space.ts'
import { type WrittenBlob, writeBlob } from '#server/storage/disk/write-blob.ts'
import { ObjectUpload, partBytesFor, type UploadDeps } from './object-upload.ts'
import { type Scratch, withoutSync } from './scratch.ts'

const workFileChunk = 256 * 1024

/** What is behind a staged blob: a file here, and perhaps the most of it in the bucket. */
export type Spooled = {
  upload: ObjectUpload
  path: string
  partBytes: number
  isCommitted: boolean
}

type Options = {
  scratch: Scratch
  disk: Disk
  hasher: FileHasher
  uploads: UploadDeps
  writes: Semaphore
  ensureFreeSpace: EnsureFreeSpace
  /** Takes back what has gone up of one that is not to be kept. */
  forget(upload: ObjectUpload): Promise<void>
}

/** Bytes on their way to the bucket: they lie on this disk while whole parts of them go up. */
export class Spool {
  readonly #options: Options
  readonly #spooled = new WeakMap<StagedBlob, Spooled>()

  constructor(options: Options) {
    this.#options = options
  }

  async stage(source: BlobSource, limits: StageLimits = {}): Promise<StagedBlob> {
    if ('workFile' in source) return await this.#stageWorkFile(source.workFile, limits)
    const { ensureFreeSpace } = this.#options
    if (!limits.isRoomEnsured) await ensureFreeSpace(limits.expectedBytes ?? 0)
    const path = join(this.#options.scratch.staging, `${randomUUID()}.part`)
    const partBytes = partBytesFor(limits.expectedBytes)
    try {
      await using created = await this.#options.disk.create(path)
      const file = withoutSync(created)
      return await this.#spool(
        { path, partBytes, discard: () => rm(path, { force: true }) },
        (upload) =>
          writeBlob({
            ...{ source: untilFailed(source, upload), file, limits, ensureFreeSpace },
            ...{ hasher: this.#hasherFor(upload, partBytes), permits: this.#options.writes },
          }),
      )
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  /** It goes up from where it is. */
  async #stageWorkFile(path: string, limits: StageLimits): Promise<StagedBlob> {
    const partBytes = partBytesFor(limits.expectedBytes)
    return await this.#spool({ path, partBytes, discard: async () => {} }, (upload) =>
      onDisk(async () => {
        const chunks = batchChunks(createReadStream(path, { highWaterMark: workFileChunk }))
        const source = untilFailed(chunks, upload)
        const hasher = this.#hasherFor(upload, partBytes)
        return await writeBlob({
          source,
          file: null,
          limits,
          hasher,
          permits: this.#options.writes,
        })
      }),
    )
  }

  #hasherFor({ addPart }: ObjectUpload, partBytes: number): FileHasher {
    const { hasher } = this.#options
    return { start: () => hasher.start({ partBytes, onPart: addPart }), close: async () => {} }
  }

  /** Runs `write`, while whole parts of what it writes go up. */
  async #spool(
    { path, partBytes, discard }: { path: string; partBytes: number; discard(): Promise<void> },
    write: (upload: ObjectUpload) => Promise<WrittenBlob>,
  ): Promise<StagedBlob> {
    const upload = new ObjectUpload(this.#options.uploads, {
      blobId: randomUUID(),
      path,
      partBytes,
    })
    try {
      const written = await write(upload)
      await upload.addLast(written.size)
      const spooled = { upload, path, partBytes, isCommitted: false }
      const staged = {
        ...written,
        discard: async () => {
          if (!spooled.isCommitted) await this.#options.forget(upload)
          await discard()
        },
      }
      this.#spooled.set(staged, spooled)
      return staged
    } catch (error) {
      await this.#options.forget(upload)
      throw error
    }
  }

  /** @throws Error for what was staged elsewhere */
  of(staged: StagedBlob): Spooled {
    const spooled = this.#spooled.get(staged)
    if (spooled === undefined) throw new Error('It was staged in another store.')
    return spooled
  }

  noteCommitted(staged: StagedBlob): void {
    const spooled = this.#spooled.get(staged)
    if (spooled) spooled.isCommitted = true
  }
}

/** Takes no more bytes once they cannot be stored. */
async function* untilFailed(
  source: AsyncIterable<ByteBatch>,
  upload: ObjectUpload,
): AsyncGenerator<ByteBatch> {
  for await (const batch of source) {
    upload.throwIfFailed()
    yield batch
  }
}
