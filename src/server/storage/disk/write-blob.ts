import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import { release } from '#server/bytes/pipe-and-release.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Semaphore } from '#server/core/semaphore.ts'
import type { StageLimits } from '#server/storage/blob-store.ts'
import type { WritableFile } from './disk.ts'
import type { Digests, FileHasher, RunningHash } from './file-hasher.ts'

type Options = {
  source: AsyncIterable<ByteBatch>
  /** Where the bytes go; null: they are hashed only. */
  file: WritableFile | null
  hasher: FileHasher
  permits: Semaphore
  limits?: StageLimits
  ensureFreeSpace?(bytes: number): Promise<void>
}

const checkSpaceEveryBytes = 64 * 1024 * 1024

/** `size` in bytes. */
export type WrittenBlob = Digests & { size: number }

/** Writes and hashes all of `source`, within `limits`. @throws as `BlobStore.stage` does */
export async function writeBlob(options: Options): Promise<WrittenBlob> {
  const hash = options.hasher.start()
  const writer = new BlobWriter({ file: options.file, hash, permits: options.permits })
  try {
    const size = await pump(options, writer)
    await writer.end()
    return { size, ...(await hash.digests()) }
  } catch (error) {
    hash.drop()
    throw error
  } finally {
    // The file must not be closed under a write that is on its way.
    await writer.settle()
  }
}

async function pump(options: Options, writer: BlobWriter): Promise<number> {
  const { expectedBytes, signal, onProgress } = options.limits ?? {}
  let size = 0
  let spaceCheckedAt = 0
  for await (const batch of options.source) {
    signal?.throwIfAborted()
    for (const chunk of batch) size += chunk.length
    if (size - spaceCheckedAt >= checkSpaceEveryBytes) {
      await options.ensureFreeSpace?.(0)
      spaceCheckedAt = size
    }
    await writer.add(batch)
    onProgress?.(size)
  }
  signal?.throwIfAborted()
  if (expectedBytes !== undefined && size !== expectedBytes) {
    throw new ApiFailure('invalid_request', `${size} of ${expectedBytes} bytes arrived.`)
  }
  return size
}

/** Batches of one blob that may be under way at once: one is hashed, one written, one waits. */
const maxFlights = 3
/** The disk begins with what came while more comes: one fsync at the end would wait for all of it. */
const syncEveryBytes = 64 * 1024 * 1024
/** Of what comes slowly, this much time is lost by a crash at most. */
const noteEveryMs = 1_000

/** Where the hash is null nothing is hashed. */
type WriterOptions = {
  file: WritableFile | null
  hash: RunningHash | null
  permits: Semaphore
  /** Where in the file it begins. */
  startAt?: number
  /** Told now and then how long the file safely is, while more is written. */
  onDurable?: ((bytes: number) => Promise<void>) | undefined
}

/** Writes batches to a file, each in one call and without copying, and hashes what it wrote. */
export class BlobWriter {
  readonly #file: WritableFile | null
  readonly #hash: RunningHash | null
  readonly #permits: Semaphore
  readonly #onDurable: WriterOptions['onDurable']
  readonly #flights = new Set<Promise<void>>()
  /** Ends with the last write: one at a time, for the kernel lets no two into one file anyway. */
  #written: Promise<void> = Promise.resolve()
  #syncing: Promise<void> | null = null
  #syncedBytes: number
  #syncedAt = performance.now()
  #position: number
  #writtenTo: number
  #failure: unknown = null

  /** `file` null: the bytes are hashed only. */
  constructor({ file, hash, permits, startAt = 0, onDurable }: WriterOptions) {
    this.#file = file
    this.#hash = hash
    this.#permits = permits
    this.#onDurable = onDurable
    this.#syncedBytes = startAt
    this.#position = startAt
    this.#writtenTo = startAt
  }

  /** Up to where the file is written, in bytes. */
  get writtenTo(): number {
    return this.#writtenTo
  }

  /** Takes over the batch's memory. Resolves when more may come; throws what a write failed with. */
  async add(batch: ByteBatch): Promise<void> {
    while (this.#flights.size >= maxFlights) await Promise.race(this.#flights)
    await this.#permits.acquire()
    const flight = this.#send(batch)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#permits.release()
        this.#flights.delete(flight)
      })
    this.#flights.add(flight)
    if (this.#failure !== null) throw this.#failure
  }

  /** Resolves once all of it is written and hashed. */
  async end(): Promise<void> {
    await this.settle()
    if (this.#failure !== null) throw this.#failure
  }

  /** Waits until nothing of this is under way any more, whatever came of it. */
  async settle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
    await this.#syncing
  }

  async #send(batch: ByteBatch): Promise<void> {
    const file = this.#file
    if (file) {
      const position = this.#position
      for (const chunk of batch) this.#position += chunk.length
      const end = this.#position
      this.#written = this.#written.then(async () => {
        await writeAll(file, batch, position)
        this.#writtenTo = end
      })
      await this.#written
      this.#syncEarly(file)
    }
    if (this.#hash) await this.#hash.add(batch)
    else batch.forEach(release)
  }

  #syncEarly(file: WritableFile): void {
    if (this.#syncing !== null || !this.#isSyncDue()) return
    const reached = this.#writtenTo
    this.#syncedBytes = reached
    this.#syncedAt = performance.now()
    this.#syncing = file
      .datasync()
      .then(() => this.#onDurable?.(reached))
      // Final, although the fsync at the end may well succeed: the kernel tells a failure only once.
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#syncing = null
      })
  }

  #isSyncDue(): boolean {
    if (this.#writtenTo - this.#syncedBytes >= syncEveryBytes) return true
    return this.#onDurable !== undefined && performance.now() - this.#syncedAt >= noteEveryMs
  }
}

async function writeAll(file: WritableFile, batch: ByteBatch, position: number): Promise<void> {
  let left = batch
  for (let at = position; left.length > 0; ) {
    const { bytesWritten } = await file.writev(left, at)
    at += bytesWritten
    left = withoutFirst(left, bytesWritten)
  }
}

/** What is left of `batch` after its first `bytes`: the kernel may write less than it was given. */
function withoutFirst(batch: ByteBatch, bytes: number): ByteBatch {
  let skipped = 0
  for (const [index, chunk] of batch.entries()) {
    if (skipped + chunk.length > bytes) {
      return [chunk.subarray(bytes - skipped), ...batch.slice(index + 1)]
    }
    skipped += chunk.length
  }
  return []
}
