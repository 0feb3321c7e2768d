import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import type { BlobStore, KnownBlob } from './blob-store.ts'

export type TestedBlobs = AsyncDisposable & {
  blobs: BlobStore
  /** A second process after a crash: the same bytes, and nothing in memory. */
  reopen(): Promise<BlobStore>
  /** Lists the file of a blob that was committed. */
  list(blob: KnownBlob): Promise<void>
}

export async function* batches(...texts: string[]): AsyncGenerator<ByteBatch> {
  for (const text of texts) yield [new TextEncoder().encode(text)]
}

export async function read(blobs: BlobStore, blob: KnownBlob, range?: ByteRange): Promise<Buffer> {
  const bytes = await blobs.open(blob, range ?? { first: 0, last: blob.size - 1 })
  return bytes instanceof Uint8Array ? Buffer.from(bytes) : await buffer(bytes)
}

/** What every store of blobs must do with bytes that come in several goes. */
export function testPartialBlobs(make: () => Promise<TestedBlobs>): void {
  const appendTo = (blobs: BlobStore, id: string, offset: number, ...texts: string[]) => {
    const durable: number[] = []
    const onDurable = async (bytes: number) => void durable.push(bytes)
    const ended = blobs.partials.append(id, batches(...texts), { offset, onDurable })
    return ended.then(() => durable.at(-1))
  }

  test('bytes that come in several goes, over a crash, become one blob with the hash of the whole', async () => {
    await using tested = await make()
    const text = 'abcdefg'.repeat(40_000)
    const whole = await tested.blobs.stage(batches(text))
    for (const isCrashed of [false, true]) {
      const id = randomUUID()
      await tested.blobs.partials.begin(id, text.length)
      expect(await appendTo(tested.blobs, id, 0, text.slice(0, 3), text.slice(3, 90_000))).toBe(
        90_000,
      )
      const blobs = isCrashed ? await tested.reopen() : tested.blobs
      await blobs.sweep()
      expect(await blobs.partials.ids()).toEqual([id])
      expect(await blobs.partials.stage(id, text.length)).toBe(null)
      // The first process said less than there is: what is there is written over.
      expect(await appendTo(blobs, id, 80_000, text.slice(80_000))).toBe(text.length)
      expect(await blobs.partials.stage(id, text.length - 1)).toBe(null)
      const staged = await blobs.partials.stage(id, text.length)
      if (staged === null) throw new Error('It is not whole.')
      const { size, sha256, crc32: crc } = whole
      expect(staged).toMatchObject({ size, sha256, crc32: crc })
      // What could not be listed is staged again.
      await staged.discard()
      const [blobId = ''] = await blobs.commit([
        await blobs.partials.stage(id, size).then((one) => one ?? staged),
      ])
      await blobs.partials.remove(id)
      await blobs.partials.remove(id)
      expect(await blobs.partials.ids()).toEqual([])
      expect(String(await read(blobs, { blobId, size })) === text).toBe(true)
    }
  })

  test('what came before a source broke off is kept, and the rest goes on from there', async () => {
    await using tested = await make()
    const { partials } = tested.blobs
    const id = randomUUID()
    await partials.begin(id, 6)
    const broken = new Error('the line is dead')
    async function* breaking() {
      yield* batches('abc', 'de')
      throw broken
    }
    const durable: number[] = []
    const onDurable = async (bytes: number) => void durable.push(bytes)
    await expect(partials.append(id, breaking(), { offset: 0, onDurable })).rejects.toBe(broken)
    expect(durable.at(-1)).toBe(5)
    await appendTo(tested.blobs, id, 5, 'f')
    const { sha256 } = await tested.blobs.stage(batches('abcdef'))
    expect(await partials.stage(id, 6)).toMatchObject({ size: 6, sha256 })
    await partials.remove(id)
    expect(await partials.stage(id, 6)).toBe(null)
    await expect(appendTo(tested.blobs, id, 0, 'x')).rejects.toMatchObject({ code: 'unavailable' })
  })
}
