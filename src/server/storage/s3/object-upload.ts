import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { ApiFailure, storageUnavailable } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type { Bucket, SentBytes, SentPart } from './bucket.ts'
import type { Claims } from './claims.ts'

/** What is not larger goes up in one piece; the smallest part that all buckets take is 5 MiB. */
const minPartBytes = 8 * 1024 * 1024
/** Of what nobody knows the size of. */
const unknownPartBytes = 16 * 1024 * 1024
/** A bucket takes 10,000. */
const maxParts = 9_000
/** Parts of one upload that are on their way at once. */
export const maxLanes = 2
const readBytes = 256 * 1024

/** All parts of an upload but the last have one size: some buckets demand it. `size` in bytes. */
export function partBytesFor(size: number | undefined): number {
  if (size === undefined) return unknownPartBytes
  return Math.max(minPartBytes, Math.ceil(size / maxParts))
}

export const keyOf = (blobId: string) => `${blobId.slice(0, 2)}/${blobId}`

/** `slots` are those of the whole process. */
export type UploadDeps = { bucket: Bucket; claims: Claims; slots: Semaphore }

/** A part of a file on the disk; `md5` in base64. */
type FilePart = { path: string; start: number; bytes: number; md5: string }

/** A part to be sent, read anew by each try. */
export const sentOf = ({ path, start, bytes, md5 }: FilePart): SentBytes => ({
  ...{ bytes, md5 },
  open: () => (bytes === 0 ? new Uint8Array() : readPart(path, start, start + bytes - 1)),
})

async function readPart(path: string, start: number, end: number): Promise<Readable> {
  const file = await open(path, 'r')
  return file.createReadStream({ start, end, highWaterMark: readBytes })
}

/**
 * Brings a file into the bucket as the blob `blobId`: whole parts while it still grows, or in one piece
 * if it has but one. Each part is read from the file, by each try again.
 */
export class ObjectUpload {
  readonly blobId: string
  readonly #deps: UploadDeps
  readonly #path: string
  readonly #partBytes: number
  readonly #md5s: string[] = []
  readonly #lanes = new Semaphore(maxLanes)
  readonly #parts: SentPart[] = []
  readonly #flights = new Set<Promise<void>>()
  #begun: Promise<string> | null = null
  #failure: unknown = null

  constructor(
    deps: UploadDeps,
    { blobId, path, partBytes }: { blobId: string; path: string; partBytes: number },
  ) {
    this.blobId = blobId
    this.#deps = deps
    this.#path = path
    this.#partBytes = partBytes
  }

  /** Whether the bucket has something of it. */
  get isBegun(): boolean {
    return this.#begun !== null
  }

  get md5s(): readonly string[] {
    return this.#md5s
  }

  /** The next part is in the file, if it is the last one perhaps not full. */
  readonly addPart = (md5: string): void => {
    this.#md5s.push(md5)
    // The one before is no last one, so it is full, and one piece would not do.
    if (this.#md5s.length > 1) this.#send(this.#md5s.length - 1, this.#partBytes)
  }

  /** @throws what a part failed with */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** All parts are in the file, which has `size` bytes; resolves when all but the end is done. */
  async addLast(size: number): Promise<void> {
    const last = this.#md5s.length
    if (last > 1) this.#send(last, size - (last - 1) * this.#partBytes)
    await this.settle()
    this.throwIfFailed()
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  /** Makes a blob of it. One that `isBegun` is claimed; of another the caller has claimed the blob. */
  async end(size: number): Promise<void> {
    const { bucket, claims, slots } = this.#deps
    const key = keyOf(this.blobId)
    claims.require(this.blobId)
    if (this.#begun === null) {
      const part = { path: this.#path, start: 0, bytes: size, md5: this.#md5s[0] ?? '' }
      await withPermit(slots, () => bucket.put(key, sentOf(part)))
      return
    }
    const parts = this.#parts.toSorted((one, other) => one.number - other.number)
    await bucket.endUpload({ key, uploadId: await this.#begun }, parts)
    const found = await bucket.size(key)
    if (found !== size) {
      throw storageUnavailable(new Error(`${key} has ${found} bytes in the bucket, not ${size}.`))
    }
  }

  #send(number: number, bytes: number): void {
    const start = (number - 1) * this.#partBytes
    const md5 = this.#md5s[number - 1] ?? ''
    const flight = withPermit(this.#lanes, () =>
      withPermit(this.#deps.slots, () =>
        this.#sendPart(number, { path: this.#path, start, bytes, md5 }),
      ),
    )
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#flights.delete(flight))
    this.#flights.add(flight)
  }

  async #sendPart(number: number, part: FilePart): Promise<void> {
    this.throwIfFailed()
    if (number > maxParts) throw tooManyParts()
    this.#begun ??= this.#begin()
    const uploadId = await this.#begun
    const upload = { key: keyOf(this.blobId), uploadId }
    this.#deps.claims.require(this.blobId)
    const etag = await this.#deps.bucket.sendPart(upload, number, sentOf(part))
    this.#parts.push({ number, etag })
  }

  async #begin(): Promise<string> {
    const { bucket, claims } = this.#deps
    await claims.add([this.blobId])
    const uploadId = await bucket.beginUpload(keyOf(this.blobId))
    await claims.noteUpload(this.blobId, uploadId)
    return uploadId
  }
}

function tooManyParts(): ApiFailure {
  const most = Math.floor((maxParts * unknownPartBytes) / 1024 ** 3)
  return new ApiFailure(
    'unavailable',
    `A file whose size is not told before may have at most ${most} GiB here.`,
  )
}

export async function withPermit<Result>(
  permits: Semaphore,
  work: () => Promise<Result>,
): Promise<Result> {
  await permits.acquire()
  try {
    return await work()
  } finally {
    permits.release()
  }
}
