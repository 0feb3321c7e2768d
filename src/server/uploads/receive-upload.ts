import type { Clock } from '#server/http/clock.ts'
import type { IncomingBytes } from '#server/http/incoming-bytes.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { tooLarge, watchUpload } from './upload-watch.ts'

type ReceiveOptions = { blobs: BlobStore; clock: Clock; maxBytes: number }

export type ReceiveUpload = (body: IncomingBytes, signal: AbortSignal) => Promise<StagedBlob>

/** Makes the step from a socket to a staged blob: all of the body, or nothing. Throws ApiFailure, and what `signal` was aborted with. */
export function createReceiveUpload({ blobs, clock, maxBytes }: ReceiveOptions): ReceiveUpload {
  return async (body, signal) => {
    const { declaredBytes } = body
    // Before a byte is read, and before the client is asked for one.
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes)
    await blobs.requireRoom(declaredBytes ?? 0)
    signal.throwIfAborted()
    using watch = watchUpload(clock, maxBytes)
    // Also while no byte comes.
    signal.addEventListener('abort', () => watch.stop(signal.reason), { once: true })
    const limits = { maxBytes, expectedBytes: declaredBytes, signal }
    return await blobs.stage(body.open(watch), limits)
  }
}
