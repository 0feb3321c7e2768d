import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { createFileRepository } from '#server/files/file-repository.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { databaseFile, openDatabase } from './database.ts'

/** Enough for four marks and more. */
const names = Array.from({ length: 20_000 }, (_, index) => `file ${String(index).padStart(5, '0')}`)
const offsets = [0, 1, 50, 3999, 4000, 4001, 7999, 8000, 12_345, 15_990, 19_949, 19_950, 20_000]

/** Rows alone: a listing never looks at the bytes, and uploading this many takes a minute. */
function addRows(database: DatabaseSync, userId: string, folder: string, added: string[]): void {
  const columns = database.prepare('select name from pragma_table_info(?)').all('file')
  const requested = columns.some(({ name }) => name === 'asked_name') ? 'asked' : 'requested'
  const insert = database.prepare(
    `insert into file (id, user_id, folder, name, ${requested}_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, ?, ?, ?, ?, 1, '', ?, ?, 0)`,
  )
  const addFolder = database.prepare(
    'insert into folder values (?, ?, ?, ?, ?) on conflict do nothing',
  )
  database.exec('begin')
  addFolder.run(userId, folder, '/', folder.slice(1, -1), folder.slice(1, -1))
  for (const name of added) {
    const id = userId + folder + name
    insert.run(id, userId, folder, name, name, name, id, id)
  }
  database.exec('commit')
}

/** The same disorder each time. */
const shuffled = names.map((_, index) => names[(index * 7919) % names.length] ?? '')

test.each([
  ['in their order', names],
  ['from the last to the first', names.toReversed()],
  ['in any order', shuffled],
])('a page deep in a folder whose files came %s is the right one', async (_how, coming) => {
  await using server = await startTestServer({ config: { rateLimit: 100_000 } })
  using database = new DatabaseSync(databaseFile(server.dataFolder))
  let listed = names
  const expectTruePages = async () => {
    for (const offset of offsets) {
      const reply = await server.get(`/api/v1/files?path=/many/&offset=${offset}`)
      const { files, has_more } = filesReply.parse(await reply.json())
      expect(files.map((file) => file.name)).toEqual(listed.slice(offset, offset + 50))
      expect(has_more).toBe(offset + 50 < listed.length)
      // A page of any size starts at the same places, and the marks count the whole.
      const limit = 1 + ((offset * 31) % 1000)
      const sized = await server.get(`/api/v1/files?path=/many/&offset=${offset}&limit=${limit}`)
      const page = filesReply.parse(await sized.json())
      expect(page.files.map((file) => file.name)).toEqual(listed.slice(offset, offset + limit))
      expect(page).toMatchObject({ total: listed.length, limit })
      expect(page.has_more).toBe(offset + limit < listed.length)
    }
  }
  addRows(database, 'user-owner', '/many/', coming)
  await expectTruePages()

  const early = Array.from({ length: 9000 }, (_, index) => `a ${String(index).padStart(5, '0')}`)
  addRows(database, 'user-owner', '/many/', early)
  listed = [...early, ...names]
  await expectTruePages()

  // The first mark is empty then, and others have lost the file they stand at.
  database.exec(`delete from file where name < 'file 02000' or name like '%0'`)
  listed = names.slice(2000).filter((name) => !name.endsWith('0'))
  await expectTruePages()
})

test('files that were listed before there were marks are found at their offsets', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-marks-'))
  const file = databaseFile(folder.path)
  await (await openDatabase(file)).destroy()
  const owners = ['alice', 'bob']
  {
    // As the version before left it.
    using old = new DatabaseSync(file)
    old.exec('drop trigger listing_mark_add; drop trigger listing_mark_remove')
    old.exec('drop table listing_mark; pragma user_version = 2')
    for (const column of ['notes_json', 'error_code']) {
      old.exec(`alter table import_task drop column ${column}`)
    }
    old.exec('drop table store; drop table missing_blob')
    old.exec('alter table file rename column requested_name to asked_name')
    old.exec('alter table import_task rename column requested_type to asked_type')
    const addUser = old.prepare(
      `insert into user (id, name, email, createdAt, updatedAt) values (?, ?, ?, '', '')`,
    )
    for (const owner of owners) addUser.run(owner, owner, owner)
    addRows(old, 'alice', '/many/', shuffled)
    addRows(old, 'bob', '/many/', names.slice(0, 4000))
    addRows(old, 'bob', '/few/', names.slice(0, 1))
  }
  await using database = await openDatabase(file)
  const repository = createFileRepository(database)
  const pageOf = async (userId: string, path: string, offset: number) => {
    const place = { userId, folder: path as FolderPath }
    const { rows } = await repository.page(place, { offset, limit: 50 })
    return rows.map(([name]) => name)
  }
  for (const offset of offsets) {
    expect(await pageOf('alice', '/many/', offset)).toEqual(names.slice(offset, offset + 50))
    expect(await pageOf('bob', '/many/', offset)).toEqual(
      names.slice(0, 4000).slice(offset, offset + 50),
    )
    expect(await pageOf('bob', '/few/', offset)).toEqual(names.slice(0, 1).slice(offset))
  }
  using beside = new DatabaseSync(file)
  addRows(beside, 'alice', '/many/', ['a new file'])
  expect(await pageOf('alice', '/many/', 4000)).toEqual(names.slice(3999, 4049))
  const marks = database.selectFrom('listing_mark').where('user_id', '=', 'alice')
  const counts = (await marks.select('files').execute()).map(({ files }) => files)
  expect(counts).toEqual([4001, 4000, 4000, 4000, 4000])
})
