import { randomUUID } from 'node:crypto'
import { access, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import type { BlobSource, BlobStore, KnownBlob } from './blob-store.ts'
import { batches, read, type TestedBlobs, testPartialBlobs } from './partial-blobs.contract.ts'

async function store(blobs: BlobStore, ...texts: string[]): Promise<KnownBlob> {
  const staged = await blobs.stage(batches(...texts))
  const [blobId = ''] = await blobs.commit([staged])
  await staged.discard()
  return { blobId, size: staged.size }
}

/** What every store of blobs must do; `make` starts an empty one. */
export function testBlobStore(make: () => Promise<TestedBlobs>): void {
  test('bytes come back as they were staged, with their size and SHA-256', async () => {
    await using tested = await make()
    const { blobs } = tested
    const staged = await blobs.stage(batches('ab', '', 'c'), { expectedBytes: 3 })
    expect(staged).toMatchObject({
      size: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    })
    const [blobId = ''] = await blobs.commit([staged])
    const blob = { blobId, size: 3 }
    await staged.discard()
    expect(String(await read(blobs, blob))).toBe('abc')
    expect(await blobs.isWhole(blob)).toBe(true)
    await blobs.requireWhole(blob)
  })

  test('the CRC of what is staged is that of its bytes: none, few and many, however they come', async () => {
    await using tested = await make()
    const { blobs } = tested
    const much = 'abcdefg'.repeat(100_000)
    const work = await blobs.createWorkFolder()
    const workFile = join(work.path, 'film.mp4')
    await writeFile(workFile, much)
    const sources: [BlobSource, string][] = [
      [batches(), ''],
      [batches('12345', '', '6789'), '123456789'],
      [batches(much.slice(0, 7), much.slice(7, 300_000), much.slice(300_000)), much],
      [{ workFile }, much],
    ]
    const crcs: number[] = []
    for (const [source, text] of sources) {
      const staged = await blobs.stage(source)
      expect(staged.crc32).toBe(crc32(text))
      crcs.push(staged.crc32)
      await staged.discard()
    }
    // Zips have a known value for these nine digits.
    expect(crcs.slice(0, 2)).toEqual([0, 0xcbf43926])
    await work[Symbol.asyncDispose]()
  })

  test('a program reads a lent blob as a file, which stays when the folder goes', async () => {
    await using tested = await make()
    const { blobs } = tested
    const blob = await store(blobs, 'abc')
    {
      await using folder = await blobs.createWorkFolder()
      const path = await blobs.lend(blob, folder)
      expect(dirname(path)).toBe(folder.path)
      expect(await readFile(path, 'utf8')).toBe('abc')
      await expect(blobs.lend({ ...blob, size: 4 }, folder)).rejects.toThrow(/damaged/)
    }
    expect(String(await read(blobs, blob))).toBe('abc')
  })

  test('a range gives its bytes, both ends included, of small and of large blobs', async () => {
    await using tested = await make()
    const text = 'abcdefg'.repeat(100_000)
    const blob = await store(tested.blobs, text.slice(0, 7), text.slice(7))
    const ranges = [
      { first: 0, last: 0 },
      { first: 3, last: 5 },
      { first: 5, last: text.length - 2 },
      { first: text.length - 1, last: text.length - 1 },
    ]
    for (const range of ranges) {
      const bytes = String(await read(tested.blobs, blob, range))
      expect(bytes === text.slice(range.first, range.last + 1)).toBe(true)
    }
  })

  test('a reader who goes away early disturbs nobody', async () => {
    await using tested = await make()
    const text = 'x'.repeat(1_000_000)
    const blob = await store(tested.blobs, text)
    const left = await tested.blobs.open(blob, { first: 0, last: text.length - 1 })
    if (!(left instanceof Uint8Array)) left.destroy()
    expect((await read(tested.blobs, blob)).length).toBe(text.length)
  })

  test('the same bytes twice are two blobs, and removing one leaves the other', async () => {
    await using tested = await make()
    const { blobs } = tested
    const [one, other] = await Promise.all([store(blobs, 'same'), store(blobs, 'same')])
    expect(one.blobId).not.toBe(other.blobId)
    await blobs.remove(one.blobId)
    await blobs.remove(one.blobId)
    expect([await blobs.isWhole(one), await blobs.isWhole(other)]).toEqual([false, true])
    expect(String(await read(blobs, other))).toBe('same')
  })

  test('an empty blob is one', async () => {
    await using tested = await make()
    const blob = await store(tested.blobs)
    await tested.blobs.requireWhole(blob)
    expect(blob.size).toBe(0)
  })

  test('a blob that is missing or of another size is told apart, and never read', async () => {
    await using tested = await make()
    const { blobs } = tested
    const gone = { blobId: randomUUID(), size: 3 }
    const longer = { ...(await store(blobs, 'abc')), size: 4 }
    for (const [blob, message] of [
      [gone, /missing/],
      [longer, /damaged.* 3 bytes where 4/],
    ] as const) {
      const failure = { code: 'unavailable', message: expect.stringMatching(message) }
      await expect(blobs.open(blob, { first: 0, last: 2 })).rejects.toMatchObject(failure)
      await expect(blobs.requireWhole(blob)).rejects.toMatchObject(failure)
      expect(await blobs.isWhole(blob)).toBe(false)
    }
  })

  test('staged bytes take the place of a missing blob', async () => {
    await using tested = await make()
    const { blobs } = tested
    const blob = await store(blobs, 'abc')
    await blobs.remove(blob.blobId)
    const staged = await blobs.stage(batches('abc'))
    await blobs.repair(blob.blobId, staged)
    await staged.discard()
    expect(String(await read(blobs, blob))).toBe('abc')
  })

  test('too few, too many and broken bytes are refused by their own reason', async () => {
    await using tested = await make()
    const { blobs } = tested
    const broken = new Error('the line is dead')
    async function* breaking() {
      yield* batches('abc')
      throw broken
    }
    const gone = AbortSignal.abort(new Error('gone'))
    const stage = (limits: object) => blobs.stage(batches('ab', 'cd'), limits)
    await expect(stage({ expectedBytes: 5 })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(stage({ expectedBytes: 3 })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(stage({ signal: gone })).rejects.toBe(gone.reason)
    await expect(blobs.stage(breaking())).rejects.toBe(broken)
  })

  test('progress counts the bytes so far', async () => {
    await using tested = await make()
    const seen: number[] = []
    const staged = await tested.blobs.stage(batches('ab', 'cde'), {
      onProgress: (bytes) => seen.push(bytes),
    })
    await staged.discard()
    await staged.discard()
    expect(seen).toEqual([2, 5])
  })

  test('what a program wrote in a work folder becomes a blob, and the folder goes', async () => {
    await using tested = await make()
    const { blobs } = tested
    const work = await blobs.createWorkFolder()
    const workFile = join(work.path, 'video.mp4')
    await writeFile(workFile, 'film')
    await writeFile(join(work.path, 'left over'), 'x')
    const staged = await blobs.stage({ workFile })
    const [blobId = ''] = await blobs.commit([staged])
    const blob = { blobId, size: 4 }
    await staged.discard()
    await work[Symbol.asyncDispose]()
    expect(String(await read(blobs, blob))).toBe('film')
    await expect(access(work.path)).rejects.toThrow()
  })

  test('many are committed at once in their order, or none of them', async () => {
    await using tested = await make()
    const { blobs } = tested
    expect(await blobs.commit([])).toEqual([])
    const staged = [await blobs.stage(batches('one')), await blobs.stage(batches('three'))]
    const blobIds = await blobs.commit(staged)
    const known = blobIds.map((blobId, index) => ({ blobId, size: staged[index]?.size ?? 0 }))
    const texts = await Promise.all(known.map(async (blob) => String(await read(blobs, blob))))
    expect(texts).toEqual(['one', 'three'])

    const [first, gone] = [await blobs.stage(batches('1')), await blobs.stage(batches('2'))]
    await gone.discard()
    await expect(blobs.commit([first, gone])).rejects.toThrow()
  })

  test('a sweep at the next start takes what was never finished, and no blob', async () => {
    await using tested = await make()
    const blob = await store(tested.blobs, 'kept')
    await tested.list(blob)
    const staged = await tested.blobs.stage(batches('never committed'))
    const work = await tested.blobs.createWorkFolder()
    const blobs = await tested.reopen()
    await blobs.sweep()
    await expect(access(work.path)).rejects.toThrow()
    await expect(tested.blobs.commit([staged])).rejects.toThrow()
    expect(String(await read(blobs, blob))).toBe('kept')
  })

  test('all blobs are listed with their sizes, and nothing that is not one', async () => {
    await using tested = await make()
    const { blobs } = tested
    const known = [await store(blobs, 'abc'), await store(blobs)]
    const staged = await blobs.stage(batches('never committed'))
    await blobs.partials.begin(randomUUID(), 3)
    const found: KnownBlob[] = []
    for await (const blob of blobs.list()) found.push(blob)
    const bySize = (one: KnownBlob, other: KnownBlob) => other.size - one.size
    expect(found.toSorted(bySize)).toEqual(known)
    await staged.discard()
  })

  testPartialBlobs(make)

  test('there is no room for more than there is', async () => {
    await using tested = await make()
    const { blobs } = tested
    await blobs.ensureFreeSpace(1)
    const tooMany = blobs.ensureFreeSpace(2 ** 60)
    await expect(tooMany).rejects.toMatchObject({ code: 'unavailable' })
  })
}
