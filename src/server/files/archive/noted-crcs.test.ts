import { readFile, truncate, writeFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { ByteRange } from '#server/bytes/byte-range.ts'
import { systemDisk } from '#server/storage/disk/disk.ts'
import { openDiskBlobs } from '#server/storage/disk/disk-blobs.ts'
import { createFileHasher } from '#server/storage/disk/file-hasher.ts'
import { openStoreFolders } from '#server/storage/disk/store-folders.ts'
import { archive, bytesOf, unpack } from '#server/testing/archive-client.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { blobPaths, openBeside } from '#server/testing/test-store.ts'
import { ArchiveBytes } from './archive-bytes.ts'
import { createArchiveRepository } from './archive-repository.ts'

const large = 'large '.repeat(100_000)

/** By name: of each file what its row has, and that of its copies. */
async function crcs(server: TestServer): Promise<Record<string, (number | null)[]>> {
  await using database = await openBeside(server)
  const rows = await database.selectFrom('file').select(['name', 'crc32']).execute()
  const found: Record<string, (number | null)[]> = {}
  for (const { name, crc32: noted } of rows) found[name] = [...(found[name] ?? []), noted]
  return found
}

/** As files are that were uploaded before CRCs were noted. */
async function forgetCrcs(server: TestServer): Promise<void> {
  await using database = await openBeside(server)
  await sql`update file set crc32 = null`.execute(database)
}

/** Reads the archive `token` as its link does; how many bytes of files that took. */
async function bytesAskedFor(server: TestServer, token: string): Promise<number> {
  const { dataFolder } = server
  await using database = await openBeside(server)
  const hasher = createFileHasher()
  const folders = await openStoreFolders(dataFolder, systemDisk)
  const store = await openDiskBlobs({ dataFolder, folders, disk: systemDisk, hasher })
  let asked = 0
  const blobs: Pick<typeof store, 'open'> = {
    open(blob, range: ByteRange) {
      asked += range.last - range.first + 1
      return store.open(blob, range)
    },
  }
  const archives = createArchiveRepository(database)
  const row = await archives.find(token, Date.now())
  if (row === null) throw new Error('There is no such archive.')
  let sent = 0
  const bytes = new ArchiveBytes({ archives, blobs }, row)
  for await (const piece of bytes.read({ first: 0, last: row.size - 1 })) sent += piece.length
  expect(sent).toBe(row.size)
  await hasher.close()
  return asked
}

test('each way that files come notes their CRC with their row', async () => {
  await using imports = await startTestImportServer()
  const { server } = imports
  const at = manageClient(server)
  await at.upload('/empty.txt', '')
  await at.upload('/small.txt', 'small')
  await at.upload('/F/large.txt', large)
  const form = new FormData()
  form.append('file', new Blob(['one of a batch']), 'one.txt')
  form.append('file', new Blob([large, 'batch']), 'two.txt')
  const batch = await server.request('/api/v1/upload/batch', { method: 'POST', body: form })
  expect(batch.status).toBe(200)
  await imports.run('/file/a.bin')
  await at.createFolder('/G/')
  await at.copy(['/small.txt'], '/G/')
  await at.copy(['/F/'], '/G/')
  const imported = await (await imports.server.get('/api/v1/files?path=/')).json()
  const link = (imported as { files: { name: string; link: string }[] }).files.find(
    ({ name }) => name === 'a.bin',
  )?.link
  const noted = await crcs(server)
  expect(noted).toEqual({
    'empty.txt': [0],
    'small.txt': [crc32('small'), crc32('small')],
    'large.txt': [crc32(large), crc32(large)],
    'one.txt': [crc32('one of a batch')],
    'two.txt': [crc32(`${large}batch`)],
    'a.bin': [crc32(await bytesOf(link ?? ''))],
  })
})

test('the first zip of a fresh upload reads each byte once, one of older files twice', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  await at.upload('/F/large.txt', large)
  await at.upload('/F/small.txt', 'small')
  const { link } = await archive(server, { items: ['/F/'] })
  const token = /zip\/([^/]+)/.exec(link)?.[1] ?? ''
  expect(await bytesAskedFor(server, token)).toBe(large.length + 5)
  await forgetCrcs(server)
  expect(await bytesAskedFor(server, token)).toBe(2 * large.length + 5)
  expect(await bytesAskedFor(server, token)).toBe(large.length + 5)
  expect(await crcs(server)).toEqual({
    'large.txt': [crc32(large)],
    'small.txt': [crc32('small')],
  })
  const unpacked = await unpack(await bytesOf(link))
  expect(unpacked).toEqual([
    ['F/', null],
    ['F/large.txt', large],
    ['F/small.txt', 'small'],
  ])
})

test('a CRC that a zip noted of damaged bytes goes when the same bytes come again', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  await at.upload('/F/a.txt', large)
  await at.createFolder('/G/')
  await at.copy(['/F/a.txt'], '/G/')
  await forgetCrcs(server)
  const [path = ''] = await blobPaths(server)
  const damaged = await readFile(path)
  damaged[7] = 0
  await writeFile(path, damaged)
  const { link } = await archive(server, { items: ['/F/'] })
  await bytesOf(link)
  expect(await crcs(server)).toEqual({ 'a.txt': [crc32(damaged), crc32(damaged)] })
  await truncate(path, 5)
  await at.upload('/F/a.txt', large)
  expect(await crcs(server)).toEqual({ 'a.txt': [crc32(large), crc32(large)] })
  const again = await archive(server, { items: ['/F/', '/G/'] })
  for (const zip of [link, again.link]) {
    const contents = (await unpack(await bytesOf(zip))).map(([, content]) => content)
    expect(contents.filter((content) => content !== null && content !== large)).toEqual([])
  }
})

test('what an upload noted outlives damage: the zip of it is told as broken', async () => {
  await using server = await startTestServer()
  const at = manageClient(server)
  await at.upload('/F/large.txt', large)
  await at.upload('/F/small.txt', 'small')
  for (const path of await blobPaths(server)) {
    const bytes = await readFile(path)
    bytes[2] = 0
    await writeFile(path, bytes)
  }
  const { link } = await archive(server, { items: ['/F/'] })
  const noted = { 'large.txt': [crc32(large)], 'small.txt': [crc32('small')] }
  await expect(unpack(await bytesOf(link))).rejects.toThrow(/crc32/i)
  expect(await crcs(server)).toEqual(noted)
  await using database = await openBeside(server)
  const { blob_id } = await database
    .selectFrom('file')
    .select('blob_id')
    .where('name', '=', 'large.txt')
    .executeTakeFirstOrThrow()
  // A zip that began before the CRC was known ends with one of its own.
  await createArchiveRepository(database).noteCrcs(new Map([[blob_id, 7]]))
  expect(await crcs(server)).toEqual(noted)
})
