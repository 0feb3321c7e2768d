import { expect, test } from 'vitest'
import { createArchiveRepository } from '#server/files/archive/archive-repository.ts'
import type { BlobStore } from '#server/storage/blob-store.ts'
import type { Database } from '#server/storage/database.ts'
import { createLeaseLocks } from '#server/storage/postgres/lease-locks.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createPurge } from './purge.ts'
import { createSubtreeRepository } from './subtree-repository.ts'
import { createTrashRepository } from './trash-repository.ts'

const hourMs = 60 * 60_000

function startServer(database: Database, remove: (blobId: string) => Promise<void>) {
  return createPurge({
    trash: createTrashRepository(database),
    subtree: createSubtreeRepository(database),
    blobs: { remove } as Partial<BlobStore> as BlobStore,
    clock: { now: Date.now, monotonic: () => performance.now() },
    locks: createLeaseLocks(database),
    hasPeers: true,
    trashMs: hourMs,
    warn: () => {},
  })
}

test('a server that starts leaves what others are making, and removes what one that is gone has left', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const now = Date.now()
  const copy = (id: string, deleted_at: number) => ({
    ...{ id, user_id: 'alice', file_id: `file of ${id}`, folder_id: null, parent: '', name: '' },
    ...{ size: null, deleted_at, state: 'building' as const },
  })
  const copies = [copy('being made', now), copy('left', now - 2 * hourMs)]
  await here.insertInto('trash').values(copies).execute()
  await here.insertInto('doomed_blob').values({ blob_id: 'left' }).execute()
  const removed: string[] = []
  const purge = startServer(there, async (blobId) => void removed.push(blobId))
  purge.start()
  const trash = here.selectFrom('trash').select('id')
  await expect.poll(() => trash.execute()).toEqual([{ id: 'being made' }])
  await expect.poll(() => removed).toEqual(['left'])
  await purge.stop()
})

test('one server purges at a time, and who comes meanwhile does not wait for it', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  await here.insertInto('doomed_blob').values({ blob_id: 'a' }).execute()
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const one = startServer(here, async () => {
    begun.resolve()
    await end.promise
  })
  const atOnce: string[] = []
  const other = startServer(there, async (blobId) => void atOnce.push(blobId))
  const running = one.run()
  await begun.promise
  await other.run()
  end.resolve()
  await running
  expect(atOnce).toEqual([])
  expect(await here.selectFrom('doomed_blob').selectAll().execute()).toEqual([])
})

test('lists of archives that are being made are left, and those of a server that is gone are not', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  const archives = createArchiveRepository(database)
  const archive = (token: string, created_at: number) => ({
    ...{ token, user_id: 'alice', key_id: 'key', name: 'a.zip', etag: '', size: 0, files: 0 },
    ...{ entries: 0, directory_at: 0, directory_size: 0, created_at, expires_at: 1 },
  })
  await archives.begin(archive('left', 10))
  await archives.begin(archive('being made', 20))
  await archives.removeUnfinished(10)
  const rows = await database.selectFrom('archive').select('token').execute()
  expect(rows).toEqual([{ token: 'being made' }])
})
