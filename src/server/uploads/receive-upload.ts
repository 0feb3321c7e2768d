import { ApiFailure } from '#server/http/api-failure.ts'
import type { Clock } from '#server/http/clock.ts'
import type { IncomingBytes } from '#server/http/incoming-bytes.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { guardAgainstSlowClient } from './slow-client-guard.ts'

type Parts = { blobs: BlobStore; clock: Clock; maxBytes: number }

export type ReceiveUpload = (body: IncomingBytes, gone: AbortSignal) => Promise<StagedBlob>

/** Makes the step from a socket to a staged blob: all of the body, or nothing. Throws ApiFailure. */
export function createReceiveUpload({ blobs, clock, maxBytes }: Parts): ReceiveUpload {
  return async (body, gone) => {
    const { declaredBytes } = body
    // Before a byte is read, and before the client is asked for one.
    if (declaredBytes !== undefined && declaredBytes > maxBytes) {
      throw new ApiFailure('payload_too_large', `Files may have at most ${maxBytes} bytes.`)
    }
    await blobs.requireRoom(declaredBytes ?? 0)
    using guard = guardAgainstSlowClient(clock)
    const limits = {
      maxBytes,
      expectedBytes: declaredBytes,
      signal: gone,
      onProgress: guard.note,
    }
    return await blobs.stage(stoppable(body.open(), guard.signal), limits)
  }
}

/** Ends `source` with a failure once `tooSlow` is aborted, also while it waits for a chunk. */
async function* stoppable(
  source: AsyncIterable<Uint8Array>,
  tooSlow: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  // Only the chunk that is awaited can be stopped. (A race against one long promise would keep
  // something of every chunk until the upload ends.)
  let awaited = Promise.withResolvers<IteratorResult<Uint8Array>>()
  const failure = new ApiFailure('invalid_request', 'The upload was too slow, or stood still.')
  const stop = () => awaited.reject(failure)
  tooSlow.addEventListener('abort', stop, { once: true })
  try {
    while (!tooSlow.aborted) {
      awaited = Promise.withResolvers()
      chunks.next().then(awaited.resolve, awaited.reject)
      const next = await awaited.promise
      if (next.done) return
      yield next.value
    }
    throw failure
  } finally {
    tooSlow.removeEventListener('abort', stop)
    // A generator that waits for a chunk would wait with its return, too.
    if (!tooSlow.aborted) await chunks.return?.()
  }
}
