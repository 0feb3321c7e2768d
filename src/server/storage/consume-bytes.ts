import { ApiFailure } from '#server/http/api-failure.ts'
import { BlobWriter } from './blob-writer.ts'
import type { WritableFile } from './disk.ts'
import type { FileHasher } from './file-hasher.ts'
import type { ByteBatch } from './read-batches.ts'
import type { Semaphore } from './semaphore.ts'

export type StageLimits = {
  maxBytes: number
  expectedBytes?: number
  signal?: AbortSignal
  onProgress?(bytes: number): void
}

type Parts = {
  source: AsyncIterable<ByteBatch>
  /** Where the bytes go; null: they are hashed only. */
  file: WritableFile | null
  hasher: FileHasher
  permits: Semaphore
  limits?: StageLimits
  requireRoom?(bytes: number): Promise<void>
}

const checkRoomEveryBytes = 64 * 1024 * 1024

/** Takes `source` to its end within `limits`, into `file` and the hash. Throws as `BlobStore.stage` says. */
export async function consumeBytes(parts: Parts): Promise<{ size: number; sha256: string }> {
  const hash = parts.hasher.start()
  const writer = new BlobWriter({ file: parts.file, hash, permits: parts.permits })
  try {
    const size = await pump(parts, writer)
    await writer.end()
    return { size, sha256: await hash.digest() }
  } catch (error) {
    hash.drop()
    throw error
  } finally {
    // The file must not be closed under a write that is on its way.
    await writer.settle()
  }
}

async function pump(parts: Parts, writer: BlobWriter): Promise<number> {
  const { maxBytes = Infinity, expectedBytes, signal, onProgress } = parts.limits ?? {}
  let size = 0
  let roomCheckedAt = 0
  for await (const batch of parts.source) {
    signal?.throwIfAborted()
    for (const chunk of batch) size += chunk.length
    if (size > maxBytes) {
      throw new ApiFailure('payload_too_large', `Files may have at most ${maxBytes} bytes.`)
    }
    if (size - roomCheckedAt >= checkRoomEveryBytes) {
      await parts.requireRoom?.(0)
      roomCheckedAt = size
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
