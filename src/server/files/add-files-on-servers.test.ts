import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { createChanges } from '#server/core/changes.ts'
import { systemClock } from '#server/core/clock.ts'
import { createLocks } from '#server/core/locks.ts'
import type { BlobStore, StagedBlob } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createAddFiles } from './add-files.ts'
import { createFindSame } from './file-listing.ts'
import { createFileRepository } from './file-repository.ts'

/** What is kept of bytes that are nowhere: here it is about rows. */
function startBlobs() {
  const kept = new Set<string>()
  const blobs = {
    async commit(staged: StagedBlob[]) {
      const ids = staged.map(() => randomUUID())
      for (const id of ids) kept.add(id)
      return ids
    },
    remove: async (id: string) => void kept.delete(id),
    isWhole: async () => true,
    settle: null,
  } as Partial<BlobStore> as BlobStore
  return { kept, blobs }
}

const stage = (sha256: string) =>
  ({ size: 5, sha256, crc32: 1, discard: async () => {} }) as StagedBlob

function startServer(database: Database, blobs: BlobStore) {
  const files = createFileRepository(database)
  const findSame = createFindSame({ files, blobs })
  const own = { clock: systemClock, locks: createLocks(), changes: createChanges() }
  return createAddFiles({ files, blobs, findSame, ...own })
}

const listed = (database: Database) =>
  database.selectFrom('file').select(['name', 'blob_id']).orderBy('name').execute()

test.each(['/', '/new/'])(
  'the same file that comes to three servers at once is one file in %s, with one blob',
  async (folder) => {
    await using servers = await openTestServers()
    const { kept, blobs } = startBlobs()
    const all = servers.databases.map((database) => startServer(database, blobs))
    const add = (addFiles: (typeof all)[number]) =>
      addFiles({
        userId: 'alice',
        files: ['a.txt', 'b.txt'].map((name) => ({
          ...{ folder: folder as FolderPath, name: name as FileName, staged: stage(name) },
        })),
      })
    const answers = await Promise.all(Array.from({ length: 4 }, () => all.map(add)).flat())
    const rows = await listed(servers.databases[0])
    expect(rows.map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
    expect(new Set(answers.flat().map(({ id }) => id)).size).toBe(2)
    expect([...kept].sort()).toEqual(rows.map(({ blob_id }) => blob_id).sort())
  },
)

test('other bytes of the same name that come to three servers at once all get names of their own', async () => {
  await using servers = await openTestServers()
  const { blobs } = startBlobs()
  await Promise.all(
    servers.databases.map((database, server) =>
      startServer(
        database,
        blobs,
      )({
        userId: 'alice',
        files: [
          { folder: '/' as FolderPath, name: 'a.txt' as FileName, staged: stage(`${server}`) },
        ],
      }),
    ),
  )
  const names = (await listed(servers.databases[0])).map(({ name }) => name)
  expect(names).toEqual(['a (2).txt', 'a (3).txt', 'a.txt'])
})
