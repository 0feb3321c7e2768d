import type { Readable } from 'node:stream'
import { parse } from 'content-disposition'
import type { FolderPath } from '#contract/folder-path.ts'
import { batchMaxBytes, batchMaxFiles } from '#contract/uploads.ts'
import { batchChunks, type Watch } from '#server/bytes/batch-chunks.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure, fileTooLarge } from '#server/core/failure.ts'
import { Semaphore } from '#server/core/semaphore.ts'
import type { IncomingBytes } from '#server/http/request/incoming-bytes.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { type BytesLeft, type UploadWatch, watchUpload } from '#server/uploads/upload-routes.ts'
import { type PartPlace, readPartPlace } from './part-place.ts'
import { type PartHead, readForm } from './read-form.ts'

/** A part that came whole and is durable, or why it is refused. */
export type ReceivedPart = (PartPlace & { staged: StagedBlob }) | ApiFailure

/** Heads and boundaries, beside the bytes of the files. */
const maxEnvelopeBytes = batchMaxFiles * 4 * 1024
/** Files that are written and fsynced at once: the disk does it for several as fast as for one. */
const stagedAtOnce = 8

const tooManyBytes = new ApiFailure(
  'payload_too_large',
  `One request may carry at most ${batchMaxBytes} bytes of files. Send them in several.`,
)
const tooManyFiles = new ApiFailure(
  'invalid_request',
  `One request may carry at most ${batchMaxFiles} files. Send them in several.`,
)

type Options = { blobs: BlobStore; clock: Clock; maxBytes: number }
type Incoming = {
  body: IncomingBytes
  contentType: string
  folder: FolderPath
  left?: BytesLeft
}

export type ReceiveBatch = (incoming: Incoming, signal: AbortSignal) => Promise<ReceivedPart[]>

/**
 * Makes the step from a form on a socket to staged blobs: all of the form, or nothing. `maxBytes` is
 * for one file.
 * @throws ApiFailure for the whole form, and what `signal` was aborted with
 */
export function createReceiveBatch({ blobs, clock, maxBytes }: Options): ReceiveBatch {
  return async ({ body, contentType, folder, left }, signal) => {
    const boundary = readBoundary(contentType)
    const { declaredBytes } = body
    const limits = { maxBytes: batchMaxBytes + maxEnvelopeBytes, tooLarge: tooManyBytes }
    using watch = watchUpload(clock, { ...limits, declaredBytes })
    // Before a byte is read, and before the client is asked for one.
    watch.signal.throwIfAborted()
    await blobs.ensureFreeSpace(declaredBytes ?? 0)
    signal.throwIfAborted()
    signal.addEventListener('abort', () => watch.stop(signal.reason), { once: true })
    const parts = new PartReceiver({ blobs, watch, maxBytes, folder, left })
    try {
      await readForm(body.open(watch), boundary, parts)
      return await parts.all()
    } catch (error) {
      watch.stop(error as Error)
      await parts.discard()
      throw watch.signal.reason
    }
  }
}

function readBoundary(contentType: string): string {
  const { boundary = '' } = parse(contentType).parameters
  if (boundary.length > 0 && boundary.length <= 70) return boundary
  throw new ApiFailure('invalid_request', 'The boundary of a form has 1 to 70 characters.')
}

type PartOptions = {
  blobs: BlobStore
  watch: UploadWatch
  maxBytes: number
  folder: FolderPath
  left: BytesLeft | undefined
}

/** Stages the parts of one form as they come; several are on their way to the disk at once. */
class PartReceiver {
  readonly #options: PartOptions
  readonly #parts: Promise<ReceivedPart>[] = []
  readonly #permits = new Semaphore(stagedAtOnce)
  readonly #tooLarge: ApiFailure
  #bytes = 0

  constructor(options: PartOptions) {
    this.#options = options
    this.#tooLarge = fileTooLarge(options.maxBytes)
  }

  onPart = (head: PartHead | null, bytes: Readable): void => {
    const { watch } = this.#options
    if (this.#parts.length === batchMaxFiles) watch.stop(tooManyFiles)
    const part = this.#receive(head, bytes)
    this.#parts.push(part)
    // What fails one file for want of the storage or the client fails all.
    part.catch((error) => watch.stop(error))
  }

  /** Takes a turn as the parts do: no more is read while many wait for the disk. */
  mayGoOn = async (): Promise<void> => {
    await this.#permits.acquire()
    this.#permits.release()
  }

  all(): Promise<ReceivedPart[]> {
    return Promise.all(this.#parts)
  }

  async discard(): Promise<void> {
    for (const part of await Promise.allSettled(this.#parts)) {
      if (part.status === 'rejected' || part.value instanceof ApiFailure) continue
      await part.value.staged.discard()
    }
  }

  async #receive(head: PartHead | null, bytes: Readable): Promise<ReceivedPart> {
    const { blobs, watch, folder } = this.#options
    try {
      const place = readPlace(head, folder)
      if (place instanceof ApiFailure) return place
      await this.#permits.acquire()
      try {
        const source = batchChunks(bytes, this.#watchFile())
        const staged = await blobs.stage(source, { signal: watch.signal, isRoomEnsured: true })
        return { ...place, staged }
      } finally {
        this.#permits.release()
      }
    } catch (error) {
      if (error === this.#tooLarge) return this.#tooLarge
      throw error
    } finally {
      // What is refused is read over.
      bytes.resume()
    }
  }

  #watchFile(): Watch {
    const { watch, maxBytes, left } = this.#options
    const ending = new AbortController()
    // Making a signal of two for a thousand files takes its time.
    const isLimited = maxBytes < batchMaxBytes
    let size = 0
    return {
      signal: isLimited ? AbortSignal.any([watch.signal, ending.signal]) : watch.signal,
      note: (arrived) => {
        size += arrived
        this.#bytes += arrived
        if (left && this.#bytes > left.bytes) watch.stop(left.tooMany)
        else if (this.#bytes > batchMaxBytes) watch.stop(tooManyBytes)
        else if (size > maxBytes) ending.abort(this.#tooLarge)
      },
      hold: () => {},
    }
  }
}

function readPlace(head: PartHead | null, folder: FolderPath): PartPlace | ApiFailure {
  try {
    return readPartPlace(head, folder)
  } catch (error) {
    if (error instanceof ApiFailure) return error
    throw error
  }
}
