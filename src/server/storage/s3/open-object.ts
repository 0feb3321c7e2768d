import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { ApiFailure, storageUnavailable } from '#server/core/failure.ts'
import type { KnownBlob } from '#server/storage/blob-store.ts'
import { notWhole } from '#server/storage/whole-blob.ts'
import type { Bucket, OpenedObject } from './bucket.ts'
import { isTransient, statusOf } from './bucket-answers.ts'
import { ObjectBytes } from './object-bytes.ts'
import { keyOf } from './object-upload.ts'

/** One read is quicker than a stream. */
const smallRead = 64 * 1024
const maxTries = 3

/** As `BlobStore.open`. */
export async function openObject(
  bucket: Bucket,
  blob: KnownBlob,
  range: ByteRange,
): Promise<Readable | Uint8Array> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readOrOpen(bucket, blob, range)
    } catch (error) {
      if (error instanceof ApiFailure) throw error
      if (!isTransient(error) || tries >= maxTries) throw storageUnavailable(error)
    }
  }
}

async function readOrOpen(bucket: Bucket, blob: KnownBlob, range: ByteRange) {
  const open = (part: ByteRange) => openPart(bucket, blob, part)
  const opened = await open(range)
  const length = range.last - range.first + 1
  if (length > smallRead) return new ObjectBytes(opened, range, open)
  const bytes = await buffer(opened.body)
  if (bytes.length !== length)
    throw new Error(`The bucket sent ${bytes.length} bytes of ${length}.`)
  return bytes
}

/** As `BlobStore.requireWhole`. */
export async function requireWhole(bucket: Bucket, blob: KnownBlob): Promise<void> {
  const size = await bucket.size(keyOf(blob.blobId))
  if (size !== blob.size) throw notWhole(blob, size === null ? null : { size })
}

async function openPart(bucket: Bucket, blob: KnownBlob, range: ByteRange): Promise<OpenedObject> {
  const opened = await bucket.get(keyOf(blob.blobId), range).catch(async (error) => {
    // The range lies behind its end.
    if (statusOf(error) === 416) await requireWhole(bucket, blob)
    throw error
  })
  if (opened?.total === blob.size) return opened
  opened?.body.destroy()
  throw notWhole(blob, opened && { size: opened.total })
}
