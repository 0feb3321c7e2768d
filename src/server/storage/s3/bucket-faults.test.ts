import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import type { ByteBatch } from '#server/bytes/batch-chunks.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import { startBucketProxy } from '#server/testing/bucket-proxy.ts'
import { startTestBucket, type TestBucket } from '#server/testing/test-bucket.ts'

const mib = 1024 * 1024

/** Bytes that no part shares with another, a megabyte at a time. */
async function* much(megabytes: number): AsyncGenerator<ByteBatch> {
  for (let number = 0; number < megabytes; number += 1) yield [Buffer.alloc(mib, number + 1)]
}

async function read(blobs: BlobStore, blobId: string, size: number): Promise<Buffer> {
  const bytes = await blobs.open({ blobId, size }, { first: 0, last: size - 1 })
  return bytes instanceof Uint8Array ? Buffer.from(bytes) : await buffer(bytes)
}

async function whole(megabytes: number): Promise<Buffer> {
  const batches: ByteBatch[] = []
  for await (const batch of much(megabytes)) batches.push(batch)
  return Buffer.concat(batches.flat())
}

async function commit(blobs: BlobStore, staged: StagedBlob): Promise<string> {
  const [blobId = ''] = await blobs.commit([staged])
  await staged.discard()
  return blobId
}

/** Another server, whose clock goes as it is told, looks until what is nobody's has gone. */
async function sweepLater(tested: TestBucket): Promise<void> {
  let now = 0
  const other = await tested.openBlobs({ isAlone: false, now: () => now })
  for (let looks = 0; looks < 4; looks += 1) {
    await other.sweepBucket()
    now += 61_000
  }
}

async function claims({ database }: TestBucket): Promise<string[]> {
  const rows = await database.selectFrom('blob_claim').select('state').execute()
  return rows.map(({ state }) => state)
}

test('whole parts go up while more bytes come, and come back as one', async () => {
  await using tested = await startTestBucket({ isShared: true })
  await using proxy = await startBucketProxy(tested.settings.endpoint ?? '')
  const blobs = await tested.openBlobs({ settings: { endpoint: proxy.endpoint } })
  const lines: string[] = []
  proxy.onRequest = (line) => lines.push(line)
  async function* pausing() {
    yield* much(17)
    // The rest comes only when a part has gone up.
    await vi.waitFor(() => expect(lines.join()).toContain('partNumber=1'), 30_000)
    yield* [[Buffer.from('end')]]
  }
  const staged = await blobs.stage(pausing(), { expectedBytes: 17 * mib + 3 })
  const blobId = await commit(blobs, staged)
  const bytes = await read(blobs, blobId, staged.size)
  expect(bytes.equals(Buffer.concat([await whole(17), Buffer.from('end')]))).toBe(true)
  expect(lines.filter((line) => line.includes('partNumber='))).toHaveLength(3)
})

test('what a server left behind is swept, and it cannot list it any more', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const blobs = await tested.openBlobs({ isAlone: false })
  const inParts = await blobs.stage(much(17))
  const ended = await blobs.stage(much(18))
  const small = await blobs.stage(much(1))
  const [endedId = '', smallId = ''] = await blobs.commit([ended, small])
  expect(await tested.objects()).toHaveLength(2)
  expect(await claims(tested)).toEqual(['live', 'live', 'live'])
  await sweepLater(tested)
  expect(await tested.objects()).toEqual([])
  expect(await tested.uploads()).toEqual([])
  expect(await claims(tested)).toEqual([])
  const lost = { code: 'unavailable', message: expect.stringMatching(/away for too long/) }
  for (const blobId of [endedId, smallId]) {
    await expect(tested.list(blobs, { blobId, size: 1 })).rejects.toMatchObject(lost)
  }
  expect(await tested.database.selectFrom('file').selectAll().execute()).toEqual([])
  await expect(blobs.commit([inParts])).rejects.toMatchObject({ code: 'unavailable' })
})

test('what is listed, and what its server still renews, is left alone', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const blobs = await tested.openBlobs({ isAlone: false })
  const listed = await commit(blobs, await blobs.stage(much(9)))
  await tested.list(blobs, { blobId: listed, size: 9 * mib })
  const waiting = await commit(blobs, await blobs.stage(much(1)))
  let now = 0
  const other = await tested.openBlobs({ isAlone: false, now: () => now })
  for (let looks = 0; looks < 4; looks += 1) {
    await other.sweepBucket()
    now += 61_000
    await blobs.renewClaims()
  }
  expect(await blobs.isWhole({ blobId: listed, size: 9 * mib })).toBe(true)
  await tested.list(blobs, { blobId: waiting, size: mib })
  await sweepLater(tested)
  expect(await blobs.isWhole({ blobId: waiting, size: mib })).toBe(true)
  expect(await claims(tested)).toEqual([])
})

test('a discarded upload and a removed blob leave nothing', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const blobs = await tested.openBlobs()
  const staged = await blobs.stage(much(17))
  await staged.discard()
  const listed = await commit(blobs, await blobs.stage(much(1)))
  await tested.list(blobs, { blobId: listed, size: mib })
  await blobs.remove(listed)
  // A file names it: whoever wanted it removed was too late.
  expect(await blobs.isWhole({ blobId: listed, size: mib })).toBe(true)
  await tested.database.deleteFrom('file').execute()
  await blobs.remove(listed)
  const [unlisted = ''] = await blobs.commit([await blobs.stage(much(1))])
  await blobs.remove(unlisted)
  expect(await tested.objects()).toEqual([])
  expect(await tested.uploads()).toEqual([])
  expect(await claims(tested)).toEqual([])
})

test('without its bucket it refuses, and goes on by itself once it is back', async () => {
  await using tested = await startTestBucket({ isShared: true })
  await using proxy = await startBucketProxy(tested.settings.endpoint ?? '')
  const blobs = await tested.openBlobs({ settings: { endpoint: proxy.endpoint } })
  const blobId = await commit(blobs, await blobs.stage(much(1)))
  const unavailable = { code: 'unavailable' }
  expect(await blobs.isReachable()).toBe(true)
  proxy.cut()
  await expect(read(blobs, blobId, mib)).rejects.toMatchObject(unavailable)
  await expect(blobs.stage(much(17))).rejects.toMatchObject(unavailable)
  const small = await blobs.stage(much(1))
  await expect(blobs.commit([small])).rejects.toMatchObject(unavailable)
  await small.discard()
  proxy.mend()
  expect((await read(blobs, blobId, mib)).length).toBe(mib)
  await commit(blobs, await blobs.stage(much(17)))
})

test('a read that the bucket breaks off goes on where it was', async () => {
  await using tested = await startTestBucket({ isShared: true })
  await using proxy = await startBucketProxy(tested.settings.endpoint ?? '')
  const blobs = await tested.openBlobs({ settings: { endpoint: proxy.endpoint } })
  const blobId = await commit(blobs, await blobs.stage(much(3)))
  proxy.cutAfter(mib + 12_345, 2)
  expect((await read(blobs, blobId, 3 * mib)).equals(await whole(3))).toBe(true)
  proxy.cutAfter(mib + 12_345, 2)
  await using folder = await blobs.createWorkFolder()
  const lent = await blobs.lend({ blobId, size: 3 * mib }, folder)
  expect((await readFile(lent)).equals(await whole(3))).toBe(true)
})

test('a missing blob gets its bytes back from an upload in parts', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const blobs = await tested.openBlobs()
  const size = 9 * mib
  const blobId = await commit(blobs, await blobs.stage(much(9)))
  await blobs.remove(blobId)
  await blobs.partials.begin('again', size)
  await blobs.partials.append('again', much(9), { offset: 0, onDurable: async () => {} })
  const staged = await blobs.partials.stage('again', size)
  if (staged === null) throw new Error('It is not whole.')
  await blobs.repair(blobId, staged)
  await staged.discard()
  await blobs.partials.remove('again')
  expect((await read(blobs, blobId, size)).equals(await whole(9))).toBe(true)
  expect(await tested.objects()).toHaveLength(1)
})

test('another server goes on with an upload in parts, also of many megabytes', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const [one, other] = [await tested.openBlobs(), await tested.openBlobs()]
  const bytes = await whole(21)
  const slice = async function* (from: number, to: number): AsyncGenerator<ByteBatch> {
    for (let at = from; at < to; at += mib)
      yield [Buffer.from(bytes.subarray(at, Math.min(at + mib, to)))]
  }
  const notes: number[] = []
  const onDurable = async (safe: number) => void notes.push(safe)
  await one.partials.begin('many', bytes.length)
  const ends = [9 * mib + 7, 9 * mib + 9, 18 * mib, bytes.length]
  for (const [index, end] of ends.entries()) {
    const offset = ends[index - 1] ?? 0
    const server = index % 2 === 0 ? one : other
    await server.partials.append('many', slice(offset, end), { offset, onDurable })
    expect(notes.at(-1)).toBe(end)
  }
  expect(notes).toContain(8 * mib)
  const staged = await one.partials.stage('many', bytes.length)
  if (staged === null) throw new Error('It is not whole.')
  expect(staged.sha256).toBe((await one.stage(much(21))).sha256)
  const blobId = await commit(one, staged)
  await tested.list(one, { blobId, size: bytes.length })
  await one.partials.remove('many')
  expect((await read(other, blobId, bytes.length)).equals(bytes)).toBe(true)
  const left = await tested.objects()
  expect(left.filter(({ key }) => key.startsWith('tails/'))).toEqual([])
})

test('a server that lost its turn can say nothing of an upload in parts any more', async () => {
  await using tested = await startTestBucket({ isShared: true })
  const [one, other] = [await tested.openBlobs(), await tested.openBlobs()]
  await one.partials.begin('taken', 20 * mib)
  const begun = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  async function* stopping() {
    yield* much(1)
    begun.resolve()
    await goOn.promise
    yield* much(9)
  }
  const late: number[] = []
  const stopped = one.partials.append('taken', stopping(), {
    offset: 0,
    onDurable: async (safe) => void late.push(safe),
  })
  await begun.promise
  await other.partials.append('taken', much(10), { offset: 0, onDurable: async () => {} })
  goOn.resolve()
  await expect(stopped).rejects.toMatchObject({ code: 'conflict' })
  expect(late).toEqual([])
  await other.partials.append('taken', much(10), { offset: 10 * mib, onDurable: async () => {} })
  const staged = await other.partials.stage('taken', 20 * mib)
  expect(staged).not.toBe(null)
  await other.partials.remove('taken')
  expect(await tested.objects()).toEqual([])
  expect(await tested.uploads()).toEqual([])
})
