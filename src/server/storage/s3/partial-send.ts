import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type ByteBatch, batchChunks } from '#server/bytes/batch-chunks.ts'
import { storageUnavailable } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type { SentBytes } from './bucket.ts'
import { keyOf, maxLanes, sentOf, type UploadDeps, withPermit } from './object-upload.ts'
import type { PartialBlob, PartialRows, Tail } from './partial-rows.ts'

export const tailKey = (id: string, { number, bytes }: Tail) => `tails/${id}-${number}-${bytes}`

type Options = {
  rows: PartialRows
  uploads: UploadDeps
  /** With the turn to write. */
  blob: PartialBlob
  /** Where the bytes are, from the beginning of the part that `offset` is in. */
  path: string
  partBytes: number
  offset: number
  onDurable(bytes: number): Promise<void>
}

/** Brings what comes of a partial blob in one go into the bucket: full parts, and the rest at its end. */
export class PartialSend {
  readonly partBytes: number
  /** Where in the blob the file begins. */
  readonly startsAt: number
  readonly #options: Options
  readonly #lanes = new Semaphore(maxLanes)
  readonly #flights = new Set<Promise<void>>()
  /** Full parts before those of this go. */
  readonly #partsBefore: number
  readonly #tail: Tail
  #parts = 0
  #sent = new Set<number>()
  #told: Promise<void> = Promise.resolve()
  #begun: Promise<string> | null = null
  #failure: unknown = null

  constructor(options: Options) {
    const { partBytes, offset } = options
    this.#options = options
    this.partBytes = partBytes
    this.#partsBefore = Math.floor(offset / partBytes)
    this.startsAt = this.#partsBefore * partBytes
    this.#tail = { number: this.#partsBefore + 1, bytes: offset - this.startsAt }
  }

  /** What came of the first part before. @throws ApiFailure `unavailable` where that is gone */
  async *tail(): AsyncGenerator<ByteBatch> {
    const { rows, uploads, blob } = this.#options
    const { number, bytes } = this.#tail
    if (bytes === 0) return
    // Longer ones are of a server that ended before it told how much it had.
    for (const tail of await rows.tails(blob.id)) {
      if (tail.number !== number || tail.bytes < bytes) continue
      const range = { first: 0, last: bytes - 1 }
      const opened = await uploads.bucket.get(tailKey(blob.id, tail), range).catch((error) => {
        throw storageUnavailable(error)
      })
      if (opened === null) continue
      yield* batchChunks(opened.body)
      return
    }
    throw storageUnavailable(new Error(`The bytes of ${blob.id} before this are gone.`))
  }

  /** One more part is full. */
  readonly addPart = (md5: string): void => {
    this.#parts += 1
    const number = this.#partsBefore + this.#parts
    const start = (this.#parts - 1) * this.partBytes
    const sent = sentOf({ path: this.#options.path, start, bytes: this.partBytes, md5 })
    const flight = this.#sendPart(number, sent)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#flights.delete(flight))
    this.#flights.add(flight)
  }

  /** @throws what a part failed with */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure
  }

  async settle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
    await this.#told.catch(() => {})
  }

  /** The file has `written` bytes, and no more come in this go. */
  async end(written: number): Promise<void> {
    const { blob, rows, uploads, onDurable } = this.#options
    await this.settle()
    this.throwIfFailed()
    const reached = this.startsAt + written
    const start = this.#parts * this.partBytes
    if (written > start) await this.#sendRest(start, written - start, reached === blob.size)
    await onDurable(reached)
    const isSame = this.#parts === 0 && this.#tail.bytes === written
    if (this.#tail.bytes === 0 || isSame) return
    await uploads.bucket.remove(tailKey(blob.id, this.#tail))
    await rows.forgetTail(blob.id, this.#tail)
  }

  async #sendRest(start: number, bytes: number, isLast: boolean): Promise<void> {
    const { blob, rows, uploads, path } = this.#options
    const number = this.#partsBefore + this.#parts + 1
    const sent = sentOf({ path, start, bytes, md5: await md5Of(path, start) })
    if (!isLast) {
      await rows.addTail(blob, { number, bytes })
      await uploads.bucket.put(tailKey(blob.id, { number, bytes }), sent)
    } else if (number === 1) {
      await rows.inTurn(blob, async () => {})
      await uploads.bucket.put(keyOf(blob.blob_id), sent)
    } else await this.#sendPart(number, sent)
  }

  async #sendPart(number: number, sent: SentBytes): Promise<void> {
    const { blob, rows, uploads } = this.#options
    await withPermit(this.#lanes, () =>
      withPermit(uploads.slots, async () => {
        this.throwIfFailed()
        this.#begun ??= this.#begin()
        const upload = { key: keyOf(blob.blob_id), uploadId: await this.#begun }
        const etag = await uploads.bucket.sendPart(upload, number, sent)
        await rows.addPart(blob, { number, etag })
        this.#sent.add(number)
      }),
    )
    this.#told = this.#told.then(() => this.#tell())
    await this.#told
  }

  /** Parts end in any order; what is safe is only what has no gap before it. */
  async #tell(): Promise<void> {
    let number = this.#partsBefore
    while (this.#sent.has(number + 1)) number += 1
    if (number === this.#partsBefore) return
    await this.#options.onDurable(Math.min(number * this.partBytes, this.#options.blob.size))
  }

  async #begin(): Promise<string> {
    const { blob, rows, uploads } = this.#options
    if (blob.upload_id !== null) return blob.upload_id
    const uploadId = await uploads.bucket.beginUpload(keyOf(blob.blob_id))
    await rows.noteUpload(blob, uploadId)
    return uploadId
  }
}

/** Of what is in a file from `start` on: a part at most. In base64. */
async function md5Of(path: string, start: number): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of createReadStream(path, { start })) hash.update(chunk)
  return hash.digest('base64')
}
