import { Readable } from 'node:stream'
import { batchChunks } from '#server/bytes/batch-chunks.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'

export type MovedBlobs = {
  blobs: number
  bytes: number
  /** Of them were there from a move before. */
  before: number
  /** Names of files whose bytes are missing or are not those that were stored. */
  damaged: string[]
}

type Blob = { blobId: string; size: number; sha256: string; name: string }

const blobsAtOnce = 500
const lanes = 4

/**
 * Copies the bytes of every file, each checked against its SHA-256 on the way, under the ids that they
 * have. What came whole in a move before is not read again. `tell` hears of each.
 * @throws what either store fails with, but for a blob that is damaged where it is
 */
export async function moveBlobs(
  from: { database: Database; blobs: Pick<BlobStore, 'open'> },
  to: Pick<BlobStore, 'stage' | 'repair' | 'isWhole'>,
  tell: (moved: MovedBlobs) => void,
): Promise<MovedBlobs> {
  const moved: MovedBlobs = { blobs: 0, bytes: 0, before: 0, damaged: [] }
  const waiting = readBlobs(from.database)
  const work = async () => {
    for await (const blob of waiting) {
      if (await to.isWhole(blob)) moved.before += 1
      else if (!(await moveBlob(from.blobs, to, blob))) {
        moved.damaged.push(blob.name)
        continue
      }
      moved.blobs += 1
      moved.bytes += blob.size
      tell(moved)
    }
  }
  const works = Array.from({ length: lanes }, work)
  // Not while others are still on their way.
  await Promise.allSettled(works)
  await Promise.all(works)
  return moved
}

/** Each blob once, copies share them. The lanes take them from one generator in turn. */
async function* readBlobs(database: Database): AsyncGenerator<Blob> {
  let last = ''
  for (;;) {
    const rows = await database
      .selectFrom('file')
      .select(({ fn }) => [
        'blob_id as blobId',
        fn.max('size').as('size'),
        fn.max('sha256').as('sha256'),
        fn.max('name').as('name'),
      ])
      .where('blob_id', '>', last)
      .groupBy('blob_id')
      .orderBy('blob_id')
      .limit(blobsAtOnce)
      .execute()
    if (rows.length === 0) return
    yield* rows
    last = rows.at(-1)?.blobId ?? ''
  }
}

/** False where its own store has not the bytes that it was listed with. */
async function moveBlob(
  from: Pick<BlobStore, 'open'>,
  to: Pick<BlobStore, 'stage' | 'repair'>,
  blob: Blob,
): Promise<boolean> {
  let source: Readable | Uint8Array = new Uint8Array()
  try {
    if (blob.size > 0) source = await from.open(blob, { first: 0, last: blob.size - 1 })
  } catch (error) {
    if (error instanceof ApiFailure) return false
    throw error
  }
  const stream = source instanceof Uint8Array ? Readable.from([source]) : source
  const staged = await to.stage(batchChunks(stream), { expectedBytes: blob.size })
  try {
    if (staged.sha256 !== blob.sha256) return false
    await to.repair(blob.blobId, staged)
    return true
  } finally {
    await staged.discard()
  }
}
