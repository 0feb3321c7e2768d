import { createHash, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import { storageUnavailable } from '#server/core/failure.ts'
import type { Semaphore } from '#server/core/semaphore.ts'
import type { AppendOptions, PartialBlobs, StagedBlob } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { type Disk, unavailableWhenFailing, type WritableFile } from '#server/storage/disk/disk.ts'
import type { Digests, FileHasher, RunningHash } from '#server/storage/disk/file-hasher.ts'
import { BlobWriter, writeBlob } from '#server/storage/disk/write-blob.ts'
import type { SentBytes } from './bucket.ts'
import { ObjectBytes } from './object-bytes.ts'
import { keyOf, partBytesFor, type UploadDeps } from './object-upload.ts'
import { type PartialBlob, PartialRows } from './partial-rows.ts'
import { PartialSend, tailKey } from './partial-send.ts'
import { type Scratch, withoutSync } from './scratch.ts'

/** A hash is held for each of so many; the bytes of others are read once more at their end. */
const maxHashes = 256

/** The hash up to `bytes`: of all before if it `isWhole`. `target` is who writes now. */
type Hashed = {
  bytes: number
  hash: RunningHash
  target: { onPart(md5: string): void }
  isWhole: boolean
}

type Append = {
  blob: PartialBlob
  send: PartialSend
  source: AsyncIterable<ByteBatch>
  offset: number
}

type Options = {
  database: Database
  scratch: Scratch
  disk: Disk
  hasher: FileHasher
  uploads: UploadDeps
  permits: Semaphore
}

/**
 * Partial blobs in a bucket, so that any server can take what comes next: full parts as parts of an
 * upload, and what is behind them as an object of its own.
 */
export class S3Partials implements PartialBlobs {
  readonly #options: Options
  readonly #disk: Disk
  readonly #rows: PartialRows
  readonly #hashes = new Map<string, Hashed>()
  readonly #staged = new WeakMap<StagedBlob, PartialBlob>()

  constructor(options: Options) {
    this.#options = options
    this.#disk = unavailableWhenFailing(options.disk)
    this.#rows = new PartialRows(options.database)
  }

  async begin(id: string, size: number): Promise<void> {
    await this.#rows.add({ id, blob_id: randomUUID(), size })
  }

  async append(
    id: string,
    source: AsyncIterable<ByteBatch>,
    { offset, onDurable }: AppendOptions,
  ): Promise<void> {
    const found = await this.#rows.find(id)
    const partBytes = partBytesFor(found?.size)
    const parts = Math.floor(offset / partBytes)
    const blob = await this.#rows.takeTurn(id, parts)
    if (blob === null) throw storageUnavailable(new Error(`There is no partial blob ${id}.`))
    const path = join(this.#options.scratch.staging, `${randomUUID()}.part`)
    const { uploads } = this.#options
    const send = new PartialSend({
      ...{ rows: this.#rows, uploads, blob, path, partBytes, offset, onDurable },
    })
    try {
      await using created = await this.#disk.create(path)
      await this.#appendTo(withoutSync(created), { blob, send, source, offset })
    } finally {
      await rm(path, { force: true })
    }
  }

  async #appendTo(file: WritableFile, { blob, send, source, offset }: Append): Promise<void> {
    const { permits } = this.#options
    const { hashed, hasTail } = this.#startHash(send, blob, offset)
    const { hash } = hashed
    const tailWriter = new BlobWriter({ file, permits, hash: hasTail ? null : hash })
    const writer = new BlobWriter({ file, permits, hash, startAt: offset - send.startsAt })
    let broken: { error: unknown } | null = null
    try {
      for await (const batch of send.tail()) await tailWriter.add(batch)
      await tailWriter.end()
      try {
        for await (const batch of source) {
          send.throwIfFailed()
          await writer.add(batch)
        }
      } catch (error) {
        broken = { error }
      }
      await writer.end()
      await send.end(writer.writtenTo)
    } catch (error) {
      hash.drop()
      throw error
    } finally {
      // The file must not be closed under a write that is on its way.
      for (const one of [tailWriter, writer, send]) await one.settle()
    }
    this.#keepHash(blob.id, { ...hashed, bytes: send.startsAt + writer.writtenTo })
    if (broken) throw broken.error
  }

  async stage(id: string, size: number): Promise<StagedBlob | null> {
    const blob = await this.#rows.find(id)
    if (blob?.size !== size) return null
    if (!(await this.#isWhole(blob))) return null
    const digests = (await this.#digests(blob)) ?? (await this.#read(blob))
    const staged = { size, ...digests, discard: async () => {} }
    this.#staged.set(staged, blob)
    return staged
  }

  /** The blob that a partial one is staged as; null for what was staged otherwise. */
  blobIdOf(staged: StagedBlob): string | null {
    return this.#staged.get(staged)?.blob_id ?? null
  }

  async remove(id: string): Promise<void> {
    this.#dropHash(id)
    const blob = await this.#rows.find(id)
    if (blob === null) return
    const { bucket } = this.#options.uploads
    const key = keyOf(blob.blob_id)
    if (!(await this.#rows.isTaken(blob.blob_id))) {
      await bucket.abortUploads(key, blob.upload_id)
      await bucket.remove(key)
    }
    for (const tail of await this.#rows.tails(id)) await bucket.remove(tailKey(id, tail))
    await this.#rows.remove(id)
  }

  ids(): Promise<string[]> {
    return this.#rows.ids()
  }

  /** Puts its parts together, where that was not done before. */
  async #isWhole(blob: PartialBlob): Promise<boolean> {
    const { bucket } = this.#options.uploads
    const key = keyOf(blob.blob_id)
    const { size, upload_id } = blob
    if ((await bucket.size(key)) === size) return true
    if (size === 0) await bucket.put(key, nothing)
    else {
      const parts = await this.#rows.parts(blob.id)
      if (upload_id === null || parts.length < Math.ceil(size / partBytesFor(size))) return false
      await bucket.endUpload({ key, uploadId: upload_id }, parts)
    }
    return (await bucket.size(key)) === size
  }

  /** One to go on with. `hasTail`: what came of the part before is in it. */
  #startHash(send: PartialSend, { id }: PartialBlob, offset: number) {
    const kept = this.#hashes.get(id)
    this.#hashes.delete(id)
    if (kept?.bytes === offset) {
      kept.target.onPart = send.addPart
      return { hashed: kept, hasTail: true }
    }
    kept?.hash.drop()
    const { startsAt, partBytes } = send
    const target = { onPart: send.addPart }
    const hash = this.#options.hasher.start({ partBytes, onPart: (md5) => target.onPart(md5) })
    return { hashed: { bytes: 0, hash, target, isWhole: startsAt === 0 }, hasTail: false }
  }

  #keepHash(id: string, hashed: Hashed): void {
    // The part that is not full is sent by itself.
    hashed.target.onPart = () => {}
    this.#hashes.set(id, hashed)
    if (this.#hashes.size > maxHashes) this.#dropHash([...this.#hashes.keys()][0] ?? '')
  }

  #dropHash(id: string): void {
    this.#hashes.get(id)?.hash.drop()
    this.#hashes.delete(id)
  }

  /** Null where this server has not seen all of it. What a hash is in the end can be asked for once. */
  async #digests({ id, size }: PartialBlob): Promise<Digests | null> {
    const kept = this.#hashes.get(id)
    this.#hashes.delete(id)
    if (!kept) return null
    if (kept.bytes === size && kept.isWhole) return await kept.hash.digests().catch(() => null)
    kept.hash.drop()
    return null
  }

  async #read({ blob_id, size }: PartialBlob): Promise<Digests> {
    const { hasher, permits, uploads } = this.#options
    const range = { first: 0, last: size - 1 }
    const open = async (part: typeof range) => {
      const opened = await uploads.bucket.get(keyOf(blob_id), part)
      if (opened === null) throw storageUnavailable(new Error(`${blob_id} is gone.`))
      return opened
    }
    const bytes = size === 0 ? Readable.from([]) : new ObjectBytes(await open(range), range, open)
    return await writeBlob({ source: batchChunks(bytes), file: null, hasher, permits })
  }
}

const nothing: SentBytes = {
  open: () => new Uint8Array(),
  bytes: 0,
  md5: createHash('md5').digest('base64'),
}
