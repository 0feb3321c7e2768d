import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { type FilesPage, filesReply, foldersReply } from '#contract/files.ts'
import { nameKey } from '#contract/name-order.ts'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { writeBeside } from '#server/testing/test-store.ts'

const config = { rateLimit: 100_000 }

async function page(server: TestServer, query: Record<string, string>): Promise<FilesPage> {
  const reply = await server.get(`/api/v1/files?${new URLSearchParams(query)}`)
  expect(reply.status).toBe(200)
  return filesReply.parse(await reply.json())
}

const names = ({ files }: FilesPage) => files.map(({ name }) => name)

test('files, subfolders and the tree are in natural order', async () => {
  await using server = await startTestServer({ config })
  const natural = ['Éclair', 'photo 2', 'Photo 10', 'photo 100', 'zoo']
  for (const name of natural.toReversed()) {
    await server.upload({ name, bytes: name })
    await server.upload({ name: 'x', folder: `/${name}/`, bytes: name })
  }
  const listed = await page(server, {})
  expect(names(listed)).toEqual(natural)
  expect(listed.folders).toEqual(natural)
  const { tree } = foldersReply.parse(await (await server.get('/api/v1/folders')).json())
  expect(tree.folders.map(({ name }) => name)).toEqual(natural)
})

test('a page is in the order that is asked for, from either end', async () => {
  await using server = await startTestServer({ config })
  const sizes = { 'b 10': 3, 'b 9': 3, c: 1, a: 7, B: 3 }
  for (const [name, size] of Object.entries(sizes)) {
    await server.upload({ name, folder: '/f/', bytes: 'x'.repeat(size) })
  }
  for (const name of ['one', 'two'])
    await server.upload({ name: 'x', folder: `/f/${name}/`, bytes: 'x' })
  const ask = async (query: Record<string, string>) =>
    names(await page(server, { path: '/f/', ...query }))
  const bySize = ['c', 'B', 'b 9', 'b 10', 'a']
  const byName = ['a', 'B', 'b 9', 'b 10', 'c']
  expect(await ask({ sort: 'size' })).toEqual(bySize)
  expect(await ask({ sort: 'size', order: 'asc' })).toEqual(bySize)
  expect(await ask({ sort: 'size', order: 'desc' })).toEqual(bySize.toReversed())
  expect(await ask({ sort: 'uploaded_at' })).toEqual(Object.keys(sizes))
  expect(await ask({ sort: 'uploaded_at', order: 'desc' })).toEqual(Object.keys(sizes).toReversed())
  expect(await ask({})).toEqual(byName)
  expect(await ask({ order: 'desc' })).toEqual(byName.toReversed())

  const first = await page(server, { path: '/f/', sort: 'size', order: 'desc', limit: '2' })
  expect(first).toMatchObject({ folders: ['one', 'two'], limit: 2, total: 5, has_more: true })
  const byNameFromEnd = await page(server, { path: '/f/', order: 'desc' })
  expect(byNameFromEnd.folders).toEqual(['two', 'one'])
  const last = await page(server, {
    path: '/f/',
    sort: 'size',
    order: 'desc',
    offset: '4',
    limit: '2',
  })
  expect(names(last)).toEqual(['c'])
  expect(last).toMatchObject({ next_offset: 5, has_more: false, folders: [] })
  expect(await ask({ order: 'desc', offset: '5' })).toEqual([])
  expect(await ask({ order: 'desc', offset: '500' })).toEqual([])
})

test.each([
  'sort=',
  'sort=Name',
  'sort=date',
  'sort=name&sort=size',
  'order=up',
  'order=',
  'order=DESC',
])('%s is refused', async (query) => {
  await using server = await startTestServer({ config })
  const reply = await server.get(`/api/v1/files?${query}`)
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ code: 'invalid_request' })
})

type Row = { id: string; name: string; size: number; time: number }

const order = {
  name: (row: Row) => [nameKey(row.name)],
  size: (row: Row) => [row.size, nameKey(row.name)],
  uploaded_at: (row: Row) => [row.time, nameKey(row.name)],
}

function sortedBy(rows: Row[], sort: keyof typeof order): string[] {
  const keyed = rows.map((row) => ({ name: row.name, key: order[sort](row) }))
  const compare = (one: (string | number)[], other: (string | number)[]) => {
    const at = one.findIndex((part, index) => part !== other[index])
    return at < 0 ? 0 : (one[at] ?? 0) < (other[at] ?? 0) ? -1 : 1
  }
  return keyed.sort((one, other) => compare(one.key, other.key)).map(({ name }) => name)
}

/** Rows alone: a listing never looks at the bytes, and uploading this many takes a minute. */
function addRows(database: DatabaseSync, folderId: number, rows: Row[]): void {
  const insert = database.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, 'user-owner', ?, ?, ?, ?, ?, '', ?, ?, ?)`,
  )
  for (const { id, name, size, time } of rows) {
    insert.run(id, folderId, name, name, nameKey(name), size, id, id, time)
  }
}

async function expectPages(
  server: TestServer,
  sorting: { sort: string; order: string },
  expected: string[],
): Promise<void> {
  for (const offset of [0, 3_999, 4_000, 7_777, expected.length - 50, expected.length - 7]) {
    const asked = { path: '/many/', ...sorting, offset: String(offset), limit: '300' }
    const found = await page(server, asked)
    expect(names(found)).toEqual(expected.slice(offset, offset + 300))
    expect(found.total).toBe(expected.length)
  }
}

test('deep pages of a large folder are the right ones in every order, whatever happens to its files', async () => {
  await using server = await startTestServer({ config })
  await server.upload({ name: 'x', folder: '/elsewhere/', bytes: 'x' })
  await server.upload({ name: 'x', folder: '/many/', bytes: 'x' })
  using database = new DatabaseSync(databaseFile(server.dataFolder))
  const folderOf = (name: string) =>
    Number(database.prepare('select id from folder where name = ?').get(name)?.id)
  const [many, elsewhere] = [folderOf('many'), folderOf('elsewhere')]
  await writeBeside(database, () => {
    database.prepare('delete from file where folder_id = ?').run(many)
  })
  let rows = Array.from({ length: 13_000 }, (_, index): Row => {
    const number = (index * 7919) % 13_000
    const [size, time] = [(number * 31) % 500, 1.7e12 + ((number * 17) % 9_000)]
    return { id: `id ${number}`, name: `file ${number}`, size, time }
  })
  const expectTruePages = async () => {
    for (const sort of ['name', 'size', 'uploaded_at'] as const) {
      const listed = sortedBy(rows, sort)
      await expectPages(server, { sort, order: 'asc' }, listed)
      await expectPages(server, { sort, order: 'desc' }, listed.toReversed())
    }
  }
  await writeBeside(database, () => addRows(database, many, rows))
  await expectTruePages()
  const counts =
    'select sort, sum(files) as files from listing_mark where folder_id = ? group by sort'
  expect(database.prepare(counts).all(many)).toMatchObject(
    [0, 1, 2].map((sort) => ({ sort, files: 13_000 })),
  )

  await writeBeside(database, () =>
    database.exec(`delete from file where folder_id = ${many} and (size < 40 or name like '%3')`),
  )
  rows = rows.filter(({ size, name }) => size >= 40 && !name.endsWith('3'))
  await expectTruePages()

  // Moved, renamed, in the trash, and grown.
  const change = (
    column: string,
    id: (row: Row) => boolean,
    value: (row: Row) => string | number | null,
  ) => {
    const update = database.prepare(`update file set ${column} = ? where id = ?`)
    for (const row of rows.filter(id)) update.run(value(row), row.id)
  }
  await change(
    'folder_id',
    ({ name }) => name.endsWith('7'),
    () => elsewhere,
  )
  await change(
    'folder_id',
    ({ name }) => name.endsWith('9'),
    () => null,
  )
  rows = rows.filter(({ name }) => !/[79]$/.test(name))
  await change(
    'size',
    ({ name }) => name.endsWith('1'),
    ({ size }) => size + 1_000,
  )
  rows = rows.map((row) => (row.name.endsWith('1') ? { ...row, size: row.size + 1_000 } : row))
  await expectTruePages()
})
