import { expect, test, vi } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { blobPaths } from '#server/testing/test-store.ts'

const config = { rateLimit: 100_000 }
const dayMs = 86_400_000

function travellingClock() {
  let ahead = 0
  return {
    clock: { ...systemClock, now: () => Date.now() + ahead },
    travel: (ms: number) => {
      ahead += ms
    },
  }
}

test('after its days what was deleted is gone, and its bytes with it', async () => {
  const { clock, travel } = travellingClock()
  await using server = await startTestServer({
    config: { ...config, trashDays: 3 },
    dependencies: { clock },
  })
  const at = manageClient(server)
  await at.upload('/a/b/one.txt', 'one')
  await at.upload('/two.txt', 'two')
  const { results } = await at.delete(['/a/', '/two.txt'])
  const [item] = (await at.trash()).items
  const lasts = Date.parse(item?.expires_at ?? '') - Date.parse(item?.deleted_at ?? '')
  expect(lasts).toBe(3 * dayMs)
  travel(3 * dayMs - 60_000)
  expect((await at.trash()).total).toBe(2)
  await at.upload('/young.txt', 'young')
  await at.delete(['/young.txt'])
  travel(60_001)
  expect(await at.trash()).toMatchObject({
    total: 1,
    total_size: 5,
    items: [{ name: 'young.txt' }],
  })
  const ids = results.map(({ trash_id }) => trash_id ?? '')
  expect((await at.restore(ids)).results).toMatchObject([
    { code: 'not_found' },
    { code: 'not_found' },
  ])
  // The start sweeps.
  await server.restart()
  await vi.waitFor(async () => expect(await blobPaths(server)).toHaveLength(1), 30_000)
})

test('with no days for the trash what is deleted is gone at once', async () => {
  await using server = await startTestServer({ config: { ...config, trashDays: 0 } })
  const at = manageClient(server)
  const { link } = await at.upload('/a/b/one.txt', 'one')
  await at.upload('/two.txt', 'old')
  await at.upload('/from/two.txt', 'new')
  expect((await at.delete(['/a/'])).results).toEqual([{ item: '/a/', status: 'ok' }])
  const replaced = await at.move(['/from/two.txt'], '/', 'replace')
  expect(replaced.results).toEqual([{ item: '/from/two.txt', status: 'ok', path: '/two.txt' }])
  expect(await at.open(link)).toBe(404)
  expect(await at.trash()).toMatchObject({ items: [], total: 0, total_size: 0 })
  expect(await blobPaths(server)).toHaveLength(1)
})

test('the trash is paged, what was deleted last first', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (let index = 0; index < 60; index += 1) await at.upload(`/f/${index}`, String(index))
  for (let index = 0; index < 60; index += 1) await at.delete([`/f/${index}`])
  const first = await at.trash()
  expect(first).toMatchObject({ total: 60, next_offset: 50, has_more: true, limit: 50 })
  const second = await at.trash(50)
  expect(second).toMatchObject({ total: 60, next_offset: 60, has_more: false })
  const names = [...first.items, ...second.items].map(({ name }) => name)
  expect(names).toEqual(Array.from({ length: 60 }, (_, index) => String(59 - index)))
  expect(await at.trash(100)).toMatchObject({ items: [], next_offset: 100, has_more: false })
  // A folder counts all that is in it.
  await at.upload('/g/a/b/c.txt', 'three')
  await at.upload('/g/d.txt', 'four')
  await at.delete(['/g/'])
  expect((await at.trash()).items[0]).toMatchObject({ path: '/g/', size: 9 })
})

test('bytes go with the last file that has them, in the tree or in the trash', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  await at.upload('/a.txt', 'shared')
  await at.createFolder('/to/')
  await at.copy(['/a.txt'], '/to/')
  await at.copy(['/a.txt'], '/to/')
  const ids = (await at.delete(['/a.txt', '/to/a.txt', '/to/a (2).txt'])).results.map(
    ({ trash_id }) => trash_id ?? '',
  )
  for (const id of ids) {
    expect(await blobPaths(server)).toHaveLength(1)
    await at.deleteForEver([id])
  }
  expect(await blobPaths(server)).toEqual([])
})

test('a restore finds its folder by the path that the trash shows, and makes it again', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const { link } = await at.upload('/a/b/c.txt', 'bytes')
  const [file] = (await at.delete(['/a/b/c.txt'])).results
  await at.rename('/a/b/', 'renamed')
  const restored = await at.restore([file?.trash_id ?? ''])
  expect(restored.results).toMatchObject([{ path: '/a/b/c.txt' }])
  expect(await at.open(link)).toBe('bytes')
  const [outer] = (await at.delete(['/a/'])).results
  expect(await at.open(link)).toBe(404)
  await at.createFolder('/a/')
  expect((await at.restore([outer?.trash_id ?? ''])).results).toMatchObject([{ path: '/a (2)/' }])
  expect(await at.list('/a (2)/')).toEqual(['b/', 'renamed/'])
  expect(await at.open(link)).toBe('bytes')
})
