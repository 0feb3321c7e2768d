import type { Clock } from '#server/http/clock.ts'
import type { IncomingBytes } from '#server/http/incoming-bytes.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { tooLarge, watchUpload } from './upload-watch.ts'

type Parts = { blobs: BlobStore; clock: Clock; maxBytes: number }

export type ReceiveUpload = (body: IncomingBytes, gone: AbortSignal) => Promise<StagedBlob>

/** Makes the step from a socket to a staged blob: all of the body, or nothing. Throws ApiFailure. */
export function createReceiveUpload({ blobs, clock, maxBytes }: Parts): ReceiveUpload {
  return async (body, gone) => {
    const { declaredBytes } = body
    // Before a byte is read, and before the client is asked for one.
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes)
    await blobs.requireRoom(declaredBytes ?? 0)
    using watch = watchUpload(clock, maxBytes)
    const limits = { maxBytes, expectedBytes: declaredBytes, signal: gone }
    return await blobs.stage(body.open(watch), limits)
  }
}
