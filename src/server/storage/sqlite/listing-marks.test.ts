import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { filesReply } from '#contract/files.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { writeBeside } from '#server/testing/test-store.ts'
import { databaseFile } from './open-sqlite.ts'

/** Enough for four marks and more. */
const names = Array.from({ length: 20_000 }, (_, index) => `file ${String(index).padStart(5, '0')}`)
const offsets = [0, 1, 50, 3999, 4000, 4001, 7999, 8000, 12_345, 15_990, 19_949, 19_950, 20_000]

/** Rows alone: a listing never looks at the bytes, and uploading this many takes a minute. */
function addRows(database: DatabaseSync, userId: string, folder: string, added: string[]): void {
  const insert = database.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, ?, ?, ?, ?, 1, '', ?, ?, 0)`,
  )
  const [folderName] = folder.split('/').filter((segment) => segment !== '')
  database
    .prepare(
      'insert into folder (user_id, parent_id, name, folded_name) values (?, 0, ?, ?) on conflict do nothing',
    )
    .run(userId, folderName ?? '', folderName ?? '')
  const row = database
    .prepare('select id from folder where user_id = ? and name = ?')
    .get(userId, folderName ?? '')
  for (const name of added) {
    const id = userId + folder + name
    insert.run(id, userId, Number(row?.id), name, name, name, id, id)
  }
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
  await writeBeside(database, () => addRows(database, 'user-owner', '/many/', coming))
  await expectTruePages()

  const early = Array.from({ length: 9000 }, (_, index) => `a ${String(index).padStart(5, '0')}`)
  await writeBeside(database, () => addRows(database, 'user-owner', '/many/', early))
  listed = [...early, ...names]
  await expectTruePages()

  // The first mark is empty then, and others have lost the file they stand at.
  await writeBeside(database, () =>
    database.exec(`delete from file where name < 'file 02000' or name like '%0'`),
  )
  listed = names.slice(2000).filter((name) => !name.endsWith('0'))
  await expectTruePages()
})
