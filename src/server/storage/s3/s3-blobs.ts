import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { batchChunks } from '#server/bytes/batch-chunks.ts'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type {
  BlobSource,
  BlobStore,
  KnownBlob,
  StagedBlob,
  StageLimits,
  WorkFolder,
} from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { type Disk, onDisk, unavailableWhenFailing } from '#server/storage/disk/disk.ts'
import type { FileHasher } from '#server/storage/disk/file-hasher.ts'
import { createEnsureFreeSpace, type EnsureFreeSpace } from '#server/storage/disk/free-space.ts'
import { blobName, sweepFolders } from '#server/storage/disk/store-folders.ts'
import type { Bucket } from './bucket.ts'
import { Claims } from './claims.ts'
import { keyOf, ObjectUpload, type UploadDeps } from './object-upload.ts'
import { openObject, requireWhole } from './open-object.ts'
import { S3Partials } from './s3-partials.ts'
import type { Scratch } from './scratch.ts'
import { identityKey } from './settle-bucket.ts'
import { Spool } from './spool.ts'
import { BucketSweep } from './sweep-bucket.ts'

/** Batches of all uploads and imports that may be on their way to the disk at once. */
const maxWrites = 16
/** Objects and parts of all uploads that may be on their way to the bucket at once. */
const maxSends = 16
/** For how long an answer is good: balancers ask each server every second or so. */
const reachableMs = 10_000

type S3BlobsOptions = {
  bucket: Bucket
  database: Database
  scratch: Scratch
  disk: Disk
  hasher: FileHasher
  /** No other server has this database: what was claimed before is nobody's. */
  isAlone: boolean
  /** Whether addresses in the bucket are given out. */
  isRedirecting?: boolean
  /** Milliseconds of a clock that only goes forward. */
  now(): number
  warn(error: unknown): void
}

/** Blobs in a bucket, which any number of servers may share; bytes pass over the disk of this one. */
export async function openS3Blobs(options: S3BlobsOptions): Promise<S3Blobs> {
  const disk = unavailableWhenFailing(options.disk)
  const { folder, staging } = options.scratch
  const ensureFreeSpace = await createEnsureFreeSpace({ dataFolder: folder, blobs: staging, disk })
  return new S3Blobs({ ...options, disk, ensureFreeSpace })
}

export class S3Blobs implements BlobStore {
  readonly ensureFreeSpace: EnsureFreeSpace
  readonly partials: S3Partials
  readonly presign: BlobStore['presign']
  readonly #options: S3BlobsOptions
  readonly #claims: Claims
  readonly #sweep: BucketSweep
  readonly #uploads: UploadDeps
  readonly #writes = new Semaphore(maxWrites)
  #reachable: { at: number; answer: Promise<boolean> } | null = null
  readonly #spool: Spool

  constructor(options: S3BlobsOptions & { ensureFreeSpace: EnsureFreeSpace }) {
    const { bucket } = options
    this.ensureFreeSpace = options.ensureFreeSpace
    this.presign = options.isRedirecting
      ? ({ blobId }, { seconds, ...headers }) => bucket.presign(keyOf(blobId), seconds, headers)
      : null
    this.#options = options
    this.#claims = new Claims({ ...options, owner: randomUUID() })
    this.#sweep = new BucketSweep({ ...options, claims: this.#claims })
    this.#uploads = { bucket, claims: this.#claims, slots: new Semaphore(maxSends) }
    this.#spool = new Spool({
      ...{ ...options, uploads: this.#uploads, writes: this.#writes },
      forget: (upload) => this.#forget(upload),
    })
    this.partials = new S3Partials({ ...options, uploads: this.#uploads, permits: this.#writes })
  }

  async stage(source: BlobSource, limits?: StageLimits): Promise<StagedBlob> {
    return await this.#spool.stage(source, limits)
  }

  /** What cannot be taken back now is taken by a sweep. */
  async #forget(upload: ObjectUpload): Promise<void> {
    await upload.settle()
    if (upload.isBegun) await this.remove(upload.blobId).catch(this.#options.warn)
  }

  async commit(staged: readonly StagedBlob[]): Promise<string[]> {
    const works: (() => Promise<void>)[] = []
    const blobIds: string[] = []
    const fresh: string[] = []
    for (const one of staged) {
      const partial = this.partials.blobIdOf(one)
      const upload = partial === null ? this.#spool.of(one).upload : null
      const blobId = partial ?? upload?.blobId ?? ''
      blobIds.push(blobId)
      if (!upload?.isBegun) fresh.push(blobId)
      if (upload) works.push(() => upload.end(one.size))
    }
    try {
      await this.#claims.add(fresh)
      await settleAll(works.map((work) => work()))
      for (const one of staged) this.#spool.noteCommitted(one)
      return blobIds
    } catch (error) {
      for (const blobId of blobIds) await this.remove(blobId).catch(this.#options.warn)
      throw error
    }
  }

  readonly settle = async (unit: UnitOfWork, blobIds: readonly string[]): Promise<void> => {
    await this.#claims.settle(unit, blobIds)
    // Should the unit fail, they are removed at once; should this process end, they are swept.
    this.#claims.release(blobIds)
  }

  async repair(blobId: string, staged: StagedBlob): Promise<void> {
    const partial = this.partials.blobIdOf(staged)
    if (partial !== null) {
      // An object cannot be given another name everywhere: its bytes come once more.
      const bytes = await this.#openWhole({ blobId: partial, size: staged.size })
      const source = bytes instanceof Uint8Array ? Readable.from([bytes]) : bytes
      const again = await this.stage(batchChunks(source), { expectedBytes: staged.size })
      await this.repair(blobId, again).finally(() => again.discard())
      return
    }
    const { upload: own, path, partBytes } = this.#spool.of(staged)
    const upload = new ObjectUpload(this.#uploads, { blobId, path, partBytes })
    try {
      for (const md5 of own.md5s) upload.addPart(md5)
      await upload.addLast(staged.size)
      if (!upload.isBegun) await this.#claims.add([blobId])
      await upload.end(staged.size)
      await this.#claims.drop(blobId)
    } catch (error) {
      // A sweep clears up after it, and leaves the object of a file that is listed.
      this.#claims.release([blobId])
      throw error
    }
  }

  remove(blobId: string): Promise<void> {
    return this.#sweep.remove(blobId)
  }

  async isWhole({ blobId, size }: KnownBlob): Promise<boolean> {
    return (await this.#options.bucket.size(keyOf(blobId))) === size
  }

  requireWhole(blob: KnownBlob): Promise<void> {
    return requireWhole(this.#options.bucket, blob)
  }

  open(blob: KnownBlob, range: ByteRange): Promise<Readable | Uint8Array> {
    return openObject(this.#options.bucket, blob, range)
  }

  async *list(): AsyncGenerator<KnownBlob> {
    for await (const { key, size } of this.#options.bucket.list()) {
      const blobId = key.slice(3)
      if (blobName.test(blobId) && keyOf(blobId) === key) yield { blobId, size }
    }
  }

  async createWorkFolder(): Promise<WorkFolder> {
    const path = join(this.#options.scratch.work, randomUUID())
    await onDisk(() => mkdir(path, { mode: 0o700 }))
    const dispose = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
    return { path, [Symbol.asyncDispose]: dispose }
  }

  async lend(blob: KnownBlob, folder: WorkFolder): Promise<string> {
    const path = join(folder.path, 'lent')
    await this.ensureFreeSpace(blob.size)
    if (blob.size === 0) await this.requireWhole(blob)
    const bytes = await this.#openWhole(blob)
    await onDisk(() => writeFile(path, bytes, { mode: 0o600 }))
    return path
  }

  async #openWhole(blob: KnownBlob): Promise<Readable | Uint8Array> {
    if (blob.size === 0) return new Uint8Array()
    return await this.open(blob, { first: 0, last: blob.size - 1 })
  }

  async sweep(): Promise<void> {
    const { staging, work } = this.#options.scratch
    await sweepFolders({
      blobs: staging,
      staging,
      work,
      lostAndFound: '',
      scratch: [{ staging, work }],
    })
    if (this.#options.isAlone) await this.#sweep.takeOver()
  }

  /** What this and other servers left in the bucket; each minute from now on, until `close`. */
  startSweeping(): void {
    this.#sweep.start()
  }

  /** Looks once for what nobody renews any more. */
  async sweepBucket(): Promise<void> {
    await this.#sweep.run()
  }

  /** Tells other servers that this one lives; by itself every ten seconds. */
  renewClaims(): Promise<void> {
    return this.#claims.renew()
  }

  /** Whether the bucket answers; asked once in ten seconds. */
  async isReachable(): Promise<boolean> {
    const { bucket, now } = this.#options
    const asked = this.#reachable
    if (asked !== null && now() - asked.at < reachableMs) return await asked.answer
    const answer = bucket.ping(identityKey).then(
      () => true,
      () => false,
    )
    this.#reachable = { at: now(), answer }
    return await answer
  }

  /** Waits for the look that is under way. */
  stopSweeping(): Promise<void> {
    return this.#sweep.stop()
  }

  async close(): Promise<void> {
    await this.#sweep.stop()
    await this.#claims.close()
    this.#options.bucket.close()
  }
}

/** Ends when all have ended: what fails must not be cleared up while others are still on their way. */
async function settleAll(works: Promise<void>[]): Promise<void> {
  await Promise.allSettled(works)
  await Promise.all(works)
}
