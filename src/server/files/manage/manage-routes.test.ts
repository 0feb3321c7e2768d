import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { renameReply } from '#contract/manage.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { blobPaths } from '#server/testing/test-store.ts'

const config = { rateLimit: 100_000 }

test('a file is renamed, and links under every name it had open it', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const { link } = await at.upload('/a/old.txt', 'bytes')
  expect(await at.rename('/a/old.txt', 'new.txt')).toBe('/a/new.txt')
  expect(await at.list('/a/')).toEqual(['new.txt'])
  expect(await at.open(link)).toBe('bytes')
  expect(await at.open(link.replace('old.txt', 'new.txt'))).toBe('bytes')
  // The same bytes under the old name are another file now.
  expect(await at.upload('/a/old.txt', 'bytes')).toMatchObject({ file_name: 'old.txt' })
  expect(await at.list('/a/')).toEqual(['new.txt', 'old.txt'])
  expect(await at.rename('/a/old.txt', 'new.txt')).toBe('conflict')
  // The case alone, and what is the same name in another normal form.
  expect(await at.rename('/a/new.txt', 'New.txt')).toBe('/a/New.txt')
  expect(await at.rename('/a/New.txt', 'e\u0301')).toBe('/a/\u00e9')
  expect(await at.rename('/a/e\u0301', '\u00e9')).toBe('/a/\u00e9')
  expect(await at.list('/a/')).toEqual(['\u00e9', 'old.txt'])
  // Links to a file that was never renamed have one address.
  const other = await at.upload('/b.txt')
  expect(await at.open(other.link.replace('b.txt', 'c.txt'))).toBe(404)
})

test('a new name takes the place of what has it where that is asked for', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const replace = async (item: string, name: string) =>
    await (await at.post('files/rename', { item, name, on_conflict: 'replace' })).json()
  const old = await at.upload('/a/b.txt', 'old')
  const { link } = await at.upload('/a/b (2).txt', 'new')
  const answer = renameReply.parse(await replace('/a/b (2).txt', 'b.txt'))
  expect(answer.path).toBe('/a/b.txt')
  expect(await at.list('/a/')).toEqual(['b.txt'])
  expect([await at.open(link), await at.open(old.link)]).toEqual(['new', 404])
  expect((await at.trash()).items).toMatchObject([{ id: answer.trash_id, path: '/a/b.txt' }])
  // Where nobody has it, it is a new name like any other; its own name changes nothing.
  expect(await replace('/a/b.txt', 'c.txt')).toEqual({ status: 'ok', path: '/a/c.txt' })
  expect(await replace('/a/c.txt', 'c.txt')).toEqual({ status: 'ok', path: '/a/c.txt' })
  await at.createFolder('/d/')
  await at.upload('/e/f.txt')
  expect(await replace('/e/', 'd')).toMatchObject({ path: '/d/' })
  expect(await at.list('/d/')).toEqual(['f.txt'])
  const tree = await (await server.get('/api/v1/folders')).json()
  expect(tree).toMatchObject({ tree: { folders: [{ path: '/a/' }, { path: '/d/' }] } })
  server.config.trashDays = 0
  await server.restart()
  await at.upload('/a/g.txt', 'gone')
  expect(await replace('/a/c.txt', 'g.txt')).toEqual({ status: 'ok', path: '/a/g.txt' })
  expect((await at.trash()).total).toBe(0)
  const bytes = await Promise.all((await blobPaths(server)).map((path) => readFile(path, 'utf8')))
  expect(bytes).not.toContain('gone')
})

test('a folder moves with all that is in it, and its links stay', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const { link } = await at.upload('/a/b/c/deep.txt', 'deep')
  await at.upload('/a/b/top.txt')
  await at.createFolder('/to/')
  expect(await at.move(['/a/b/'], '/to/')).toEqual({
    status: 'ok',
    results: [{ item: '/a/b/', status: 'ok', path: '/to/b/' }],
  })
  expect(await at.list('/a/')).toEqual([])
  expect(await at.list('/to/b/')).toEqual(['c/', 'top.txt'])
  expect(await at.list('/to/b/c/')).toEqual(['deep.txt'])
  expect(await at.open(link)).toBe('deep')
  const tree = await (await server.get('/api/v1/folders')).json()
  expect(tree).toMatchObject({
    tree: { folders: [{ path: '/a/' }, { path: '/to/', folders: [{ path: '/to/b/' }] }] },
  })
  expect(await at.rename('/to/', 'there')).toBe('/there/')
  expect(await at.list('/there/b/c/')).toEqual(['deep.txt'])
  expect(await at.list('/to/')).toBe(null)
})

test('copies share their bytes, and outlive the original', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  await at.upload('/a/one.txt', 'one')
  await at.upload('/a/b/two.txt', 'two')
  await at.createFolder('/to/')
  const { results } = await at.copy(['/a/', '/a/one.txt'], '/to/')
  expect(results).toMatchObject([{ path: '/to/a/' }, { path: '/to/a/one.txt' }])
  expect(await at.list('/to/a/')).toEqual(['b/', 'one.txt'])
  expect(await at.copy(['/a/'], '/')).toMatchObject({ results: [{ path: '/a (2)/' }] })
  const { results: gone } = await at.delete(['/a/', '/a (2)/'])
  await at.deleteForEver(gone.map(({ trash_id }) => trash_id ?? ''))
  expect((await at.trash()).total).toBe(0)
  const reply = await server.get('/api/v1/files?path=/to/a/b/')
  const page = filesReply.parse(await reply.json())
  expect(await at.open(page.files[0]?.link ?? '')).toBe('two')
})

test('what is deleted is in the trash, its link answers 404, and a restore brings all of it back', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const { link } = await at.upload('/a/b/one.txt', 'one')
  const { link: otherLink } = await at.upload('/a/two.txt', 'four')
  const { results } = await at.delete(['/a/two.txt', '/a/b/', '/a/none'])
  expect(results).toMatchObject([
    { status: 'ok', trash_id: expect.any(String) },
    { status: 'ok', trash_id: expect.any(String) },
    { status: 'error', code: 'not_found' },
  ])
  expect([await at.open(link), await at.open(otherLink)]).toEqual([404, 404])
  expect(await at.trash()).toMatchObject({
    items: [
      { name: 'b', path: '/a/b/', size: 3 },
      { name: 'two.txt', path: '/a/two.txt', size: 4 },
    ],
    ...{ total: 2, total_size: 7, has_more: false, next_offset: 2, limit: 50 },
  })
  await at.delete(['/a/'])
  await at.upload('/a/two.txt', 'another')
  const ids = results.slice(0, 2).map(({ trash_id }) => trash_id ?? '')
  expect((await at.restore([...ids, ids[0] ?? ''])).results).toMatchObject([
    { item: ids[0], status: 'ok', path: '/a/two (2).txt' },
    { item: ids[1], status: 'ok', path: '/a/b/' },
    { item: ids[0], status: 'ok', path: '/a/two (2).txt' },
  ])
  expect([await at.open(link), await at.open(otherLink)]).toEqual(['one', 'four'])
  expect(await at.list('/a/')).toEqual(['b/', 'two (2).txt', 'two.txt'])
})

test('a taken name gets a number, or the item is skipped, or what was there goes to the trash', async () => {
  await using server = await startTestServer({ config })
  const at = manageClient(server)
  const fill = async () => {
    await at.upload('/from/x.txt', 'new')
    await at.upload('/from/f/new.txt')
  }
  await fill()
  await at.upload('/to/x.txt', 'old')
  await at.upload('/to/f/old.txt')
  expect((await at.move(['/from/x.txt', '/from/f/'], '/to/', 'skip')).results).toMatchObject([
    { status: 'skipped', code: 'conflict' },
    { status: 'skipped', code: 'conflict' },
  ])
  expect((await at.move(['/from/x.txt', '/from/f/'], '/to/')).results).toMatchObject([
    { path: '/to/x (2).txt' },
    { path: '/to/f (2)/' },
  ])
  await fill()
  const { results } = await at.move(['/from/x.txt', '/from/f/'], '/to/', 'replace')
  expect(results).toMatchObject([
    { path: '/to/x.txt', trash_id: expect.any(String) },
    { path: '/to/f/', trash_id: expect.any(String) },
  ])
  expect(await at.list('/to/f/')).toEqual(['new.txt'])
  await at.restore(results.map(({ trash_id }) => trash_id ?? ''))
  expect(await at.list('/to/f (3)/')).toEqual(['old.txt'])
})
