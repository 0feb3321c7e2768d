import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { blobPaths } from '#server/testing/test-store.ts'

const config = { rateLimit: 100_000 }
const idsOf = ({ results }: { results: { trash_id?: string | undefined }[] }) =>
  results.map(({ trash_id }) => trash_id ?? '')

test('of two moves of one file at once one finds it, and it is in one place', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (const path of ['/one/', '/two/']) await at.createFolder(path)
  for (let round = 0; round < 10; round += 1) {
    const name = `${round}.txt`
    await at.upload(`/${name}`)
    const moves = ['/one/', '/two/'].map((to) => at.move([`/${name}`], to))
    const statuses = (await Promise.all(moves)).map(({ results }) => results[0]?.status)
    expect(statuses.sort()).toEqual(['error', 'ok'])
    const lists = await Promise.all(['/', '/one/', '/two/'].map((path) => at.list(path)))
    expect(lists.flat().filter((one) => one === name)).toHaveLength(1)
  }
})

test('of two folders that go into each other at once one stays', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (const path of ['/one/in/', '/two/in/']) await at.createFolder(path)
  const moves = [
    { items: ['/one/'], to: '/two/in/' },
    { items: ['/two/'], to: '/one/in/' },
  ]
  const replies = await Promise.all(moves.map((body) => at.post('files/move', body)))
  // The second finds its target no more.
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 404])
  const tops = await at.list('/')
  expect(tops).toHaveLength(1)
  const top = tops?.[0] === 'one/' ? ['one', 'two'] : ['two', 'one']
  expect(await at.list(`/${top.join('/in/')}/`)).toEqual(['in/'])
})

test('a folder that is deleted during an upload into it is made again for it', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (let round = 0; round < 10; round += 1) {
    await at.upload('/f/old.txt')
    const [{ folder, link }] = await Promise.all([
      at.upload(`/f/new ${round}.txt`, `bytes ${round}`),
      at.delete(['/f/']),
    ])
    expect(folder).toBe('/f/')
    // Either it came before and went along, or it is listed: never neither.
    const isListed = (await at.list('/f/'))?.includes(`new ${round}.txt`) ?? false
    expect(await at.open(link)).toBe(isListed ? `bytes ${round}` : 404)
    if (!isListed) await at.restore([(await at.trash()).items[0]?.id ?? ''])
    if (!isListed) expect(await at.open(link)).toBe(`bytes ${round}`)
    await at.delete(['/f/', '/f (2)/'])
  }
})

test('what is restored and deleted for ever at once is one of both', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (let round = 0; round < 10; round += 1) {
    const { link } = await at.upload('/f/a.txt', `bytes ${round}`)
    const ids = idsOf(await at.delete([round % 2 ? '/f/' : '/f/a.txt']))
    const [restored, purged] = await Promise.all([at.restore(ids), at.deleteForEver(ids)])
    const statuses = [restored.results[0]?.status, purged.results[0]?.status]
    expect([...statuses].sort()).toEqual(['error', 'ok'])
    expect(await at.open(link)).toBe(statuses[0] === 'ok' ? `bytes ${round}` : 404)
    expect((await at.trash()).total).toBe(0)
    // Whichever came last: its folder is gone with it, or there.
    const left = idsOf(await at.delete(['/f/'])).filter((id) => id !== '')
    if (left.length > 0) await at.deleteForEver(left)
  }
  await vi.waitFor(async () => expect(await blobPaths(server)).toEqual([]), 30_000)
})

test('the same Idempotency-Key gives the first answer of every request that sends something', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  await at.upload('/a/a.txt')
  await at.createFolder('/to/')
  const twice = async (path: string, body: unknown) => {
    const headers = { 'idempotency-key': randomUUID() }
    const send = async () =>
      (await server.post(`/api/v1/${path}`, body, { headers })).json() as Promise<{
        status: string
        results: { status: string; trash_id: string }[]
      }>
    const [first, second] = await Promise.all([send(), send()])
    expect(first.status).toBe('ok')
    for (const { status } of first.results ?? []) expect(status).toBe('ok')
    expect(second).toEqual(first)
    expect(await send()).toEqual(first)
    const other = await server.post(
      `/api/v1/${path}`,
      { ...(body as object), more: 1 },
      { headers },
    )
    // What nobody knows of the body changes nothing of the request.
    expect(await other.json()).toEqual(first)
    return first.results?.[0]?.trash_id ?? ''
  }
  await twice('folders/create', { path: '/new/' })
  await twice('files/copy', { items: ['/a/', '/a/a.txt'], to: '/to/' })
  expect(await at.list('/to/')).toEqual(['a/'])
  await twice('files/rename', { item: '/a/a.txt', name: 'b.txt' })
  await twice('files/move', { items: ['/a/b.txt'], to: '/to/' })
  const id = await twice('files/delete', { items: ['/to/b.txt'] })
  await twice('trash/restore', { ids: [id] })
  const again = await twice('files/delete', { items: ['/to/'] })
  await twice('trash/delete', { ids: [again] })
  expect(await at.list('/')).toEqual(['a/', 'new/'])

  const headers = { 'idempotency-key': 'used' }
  const send = (path: string) => server.post('/api/v1/folders/create', { path }, { headers })
  expect((await send('/one/')).status).toBe(200)
  expect((await send('/two/')).status).toBe(400)
})

test('items that contain each other, come twice or are there already cost nothing', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (const name of ['/a/b/c.txt', '/a/d.txt', '/e.txt']) await at.upload(name)
  await at.createFolder('/to/')
  // Whatever the order: what lies in a folder goes with it.
  const moved = await at.move(['/a/b/c.txt', '/a/', '/a/none', '/e.txt', '/e.txt', '/a/b/'], '/to/')
  expect(moved.results).toMatchObject([
    { status: 'ok', path: '/to/a/b/c.txt' },
    { status: 'ok', path: '/to/a/' },
    { status: 'error', code: 'not_found' },
    { status: 'ok', path: '/to/e.txt' },
    { status: 'ok', path: '/to/e.txt' },
    { status: 'ok', path: '/to/a/b/' },
  ])
  for (const choice of ['rename', 'skip', 'replace']) {
    const { results } = await at.move(['/to/a/', '/to/e.txt'], '/to/', choice)
    expect(results).toMatchObject([{ path: '/to/a/' }, { path: '/to/e.txt' }])
  }
  expect(await at.copy(['/to/a/', '/to/e.txt'], '/to/', 'replace')).toMatchObject({
    results: [{ path: '/to/a/' }, { path: '/to/e.txt' }],
  })
  expect(await at.list('/to/')).toEqual(['a/', 'e.txt'])
  expect((await at.trash()).total).toBe(0)
  // A folder that takes the place of the one it is in.
  await at.createFolder('/to/a/a/')
  const { results } = await at.move(['/to/a/a/'], '/to/', 'replace')
  expect(results).toMatchObject([{ status: 'ok', path: '/to/a/', trash_id: expect.any(String) }])
  expect(await at.list('/to/a/')).toEqual([])
  expect((await at.trash()).items).toMatchObject([{ path: '/to/a/' }])
  // A file and a folder of one name are not in each other's way.
  await at.upload('/x/a', 'file')
  expect((await at.move(['/x/a'], '/to/', 'replace')).results).toMatchObject([{ path: '/to/a' }])
  expect(await at.list('/to/')).toEqual(['a/', 'a', 'e.txt'])
  const deleted = await at.delete(['/to/a/', '/to/a', '/to/', '/to/none'])
  expect(deleted.results).toMatchObject([
    { status: 'ok' },
    { status: 'ok' },
    { status: 'ok' },
    { code: 'not_found' },
  ])
  expect(new Set(idsOf(deleted).slice(0, 3)).size).toBe(1)
})

test('all files of a folder are meant without naming them, from an offset and but for some', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  for (let index = 0; index < 12; index += 1)
    await at.upload(`/f/${String(index).padStart(2, '0')}`)
  await at.upload('/to/01')
  const files_of = { path: '/f/', offset: 1, except: ['05', '/f/06'] }
  const moved = await at.move({ files_of }, '/to/', 'skip')
  // 00 was passed over; 01 was skipped; 05 and 06 were kept.
  expect(moved).toMatchObject({ next_offset: 4, has_more: false })
  expect(moved.results).toHaveLength(9)
  expect(await at.list('/f/')).toEqual(['00', '01', '05', '06'])
  expect(await at.copy({ files_of: { path: '/f/' } }, '/to/')).toMatchObject({ next_offset: 4 })
  const deleted = await at.delete({ files_of: { path: '/f/', offset: 0, except: ['00'] } })
  expect(deleted).toMatchObject({ next_offset: 1, has_more: false })
  expect(await at.list('/f/')).toEqual(['00'])
  expect(await at.delete({ files_of: { path: '/f/', offset: 9 } })).toMatchObject({
    ...{ results: [], next_offset: 9, has_more: false },
  })
})
