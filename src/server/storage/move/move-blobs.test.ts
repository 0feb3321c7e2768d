import { createHash, randomUUID } from 'node:crypto'
import { mkdtempDisposable, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import { createFileHasher } from '#server/storage/disk/file-hasher.ts'
import { openStoreFolders } from '#server/storage/disk/store-folders.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { startTestBucket } from '#server/testing/test-bucket.ts'
import { type MovedBlobs, moveBlobs } from './move-blobs.ts'

async function openFolder() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-move-'))
  const hasher = createFileHasher()
  const database = await openDatabase(databaseFile(folder.path))
  const folders = await openStoreFolders(folder.path, systemDisk)
  const blobs = await openDiskBlobs({
    ...{ dataFolder: folder.path, folders, disk: systemDisk, hasher },
  })
  return {
    ...{ database, blobs, path: folder.path },
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await hasher.close()
      await folder.remove()
    },
  }
}

const batches = async function* (text: string) {
  if (text !== '') yield [Buffer.from(text)]
}

/** Lists files of these texts, and a copy of the first; resolves with their blobs. */
async function addFiles(
  { database, blobs }: { database: Database; blobs: BlobStore },
  texts: string[],
) {
  const times = { createdAt: '', updatedAt: '' }
  const user = { id: 'me', name: 'me', email: 'me@test.invalid', ...times }
  await database.insertInto('user').values(user).execute()
  const listed: { blobId: string; size: number; text: string }[] = []
  for (const [index, text] of [...texts, texts[0] ?? ''].entries()) {
    const isCopy = index === texts.length
    const staged = await blobs.stage(batches(text))
    const [fresh = '']: (string | undefined)[] = isCopy
      ? [listed[0]?.blobId]
      : await blobs.commit([staged])
    await staged.discard()
    const size = Buffer.byteLength(text)
    listed.push({ blobId: fresh, size, text })
    const name = `${index}.txt`
    await database
      .insertInto('file')
      .values({
        ...{ id: randomUUID(), user_id: 'me', folder_id: 0, blob_id: fresh, size },
        ...{ name, requested_name: name, folded_name: name, searched_name: name },
        ...{ sha256: createHash('sha256').update(text).digest('hex'), tracking_id: randomUUID() },
        ...{ uploaded_at: 0, crc32: null, width: null, height: null },
      })
      .execute()
  }
  return listed.slice(0, texts.length)
}

async function textOf(blobs: BlobStore, { blobId, size }: { blobId: string; size: number }) {
  if (size === 0) return (await blobs.isWhole({ blobId, size })) ? '' : null
  const bytes = await blobs.open({ blobId, size }, { first: 0, last: size - 1 })
  return String(bytes instanceof Uint8Array ? Buffer.from(bytes) : await buffer(bytes))
}

const quiet = () => {}
const texts = ['first', '', 'a'.repeat(9_000_000), 'last']

test('all bytes go into a bucket under their ids and come back, copies once', async () => {
  await using from = await openFolder()
  const files = await addFiles(from, texts)
  await using bucket = await startTestBucket()
  const there = await bucket.openBlobs()
  const told: number[] = []
  const bytes = texts.join('').length
  expect(await moveBlobs(from, there, ({ blobs }) => void told.push(blobs))).toEqual({
    ...{ blobs: 4, bytes, before: 0, damaged: [] },
  })
  expect(told).toEqual([1, 2, 3, 4])
  await using back = await openFolder()
  await moveBlobs({ database: from.database, blobs: there }, back.blobs, quiet)
  // Not by `toBe`: nine million letters would be shown.
  for (const file of files) expect((await textOf(back.blobs, file)) === file.text).toBe(true)
  expect(await readdir(join(back.path, 'staging'))).toEqual([])
  // A sweep finds nothing to take away: what came is no claim of anybody's.
  await there.sweepBucket()
  for (const file of files) expect(await there.isWhole(file)).toBe(true)
  expect(await bucket.uploads()).toEqual([])
})

test('a move that broke off goes on where it was, without reading again what has come', async () => {
  await using from = await openFolder()
  await addFiles(from, texts)
  await using to = await openFolder()
  let left = 2
  const breaking: Pick<BlobStore, 'stage' | 'repair' | 'isWhole'> = {
    stage: (source, limits) => to.blobs.stage(source, limits),
    isWhole: (blob) => to.blobs.isWhole(blob),
    async repair(blobId, staged) {
      left -= 1
      if (left < 0) throw new Error('the disk is gone')
      await to.blobs.repair(blobId, staged)
    },
  }
  await expect(moveBlobs(from, breaking, quiet)).rejects.toThrow('the disk is gone')
  expect(await readdir(join(to.path, 'staging'))).toEqual([])
  const second: MovedBlobs = await moveBlobs(from, to.blobs, quiet)
  expect(second).toMatchObject({ blobs: 4, before: 2, damaged: [] })
})

test('bytes that are missing or changed where they are do not go along, and are named', async () => {
  await using from = await openFolder()
  const [first, , third, last] = await addFiles(from, texts)
  const pathOf = async (blobId = '') => {
    const all = await readdir(join(from.path, 'blobs'), { recursive: true })
    return join(from.path, 'blobs', all.find((path) => path.endsWith(blobId)) ?? '')
  }
  await writeFile(await pathOf(first?.blobId), 'fIrst')
  await rm(await pathOf(last?.blobId))
  await using to = await openFolder()
  const moved = await moveBlobs(from, to.blobs, quiet)
  expect(moved.damaged.toSorted()).toEqual(['3.txt', '4.txt'])
  expect(moved).toMatchObject({ blobs: 2, before: 0 })
  expect(await to.blobs.isWhole(third ?? { blobId: '', size: 0 })).toBe(true)
  expect(await to.blobs.isWhole(first ?? { blobId: '', size: 0 })).toBe(false)
})
