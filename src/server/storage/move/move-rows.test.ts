import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Database } from '#server/storage/database.ts'
import { dialectOf } from '#server/storage/dialect.ts'
import { databaseFile, openDatabase } from '#server/storage/sqlite/open-sqlite.ts'
import { manageClient } from '#server/testing/manage-client.ts'
import { shareClient } from '#server/testing/share-client.ts'
import { startTestServer, type TestServer } from '#server/testing/start-test-server.ts'
import { openTestDatabase } from '#server/testing/test-postgres.ts'
import { openBeside } from '#server/testing/test-store.ts'
import { countRows, movedTables, moveRows } from './move-rows.ts'

/** What stays behind, and why. */
const left = {
  listing_mark: 'counted anew as files come',
  search_state: 'names are indexed anew',
  file_search: 'the index',
  store: 'says which bytes belong to a database',
  missing_blob: 'is found anew',
  doomed_blob: 'names bytes that are to go',
  partial_upload: 'its bytes stay behind',
  blob_claim: 'names bytes that come or go',
  partial_blob: 'its bytes stay behind',
  partial_blob_part: 'its bytes stay behind',
  partial_blob_tail: 'its bytes stay behind',
  sqlite_sequence: 'of SQLite',
}

const quiet = { tell() {} }

async function tablesOf(database: Database): Promise<string[]> {
  const known = await database.introspection.getTables()
  return known.map(({ name }) => name)
}

/** All rows of what moves, each table in one order. */
async function dump(database: Database): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {}
  for (const table of Object.keys(movedTables)) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(database)
    all[table] = rows.map((row) => JSON.stringify(Object.entries(row as object).sort())).sort()
  }
  return all
}

async function fill(server: TestServer): Promise<void> {
  const at = manageClient(server)
  const odd = ['naïve.txt', 'ﬁle 10.txt', 'file 9.txt', 'Ä.bin', 'a.bin', '日本.txt']
  for (const name of odd) await at.upload(`/deep/er/${name}`)
  await at.createFolder('/copies/')
  await at.copy(['/deep/'], '/copies/')
  await at.rename('/deep/er/a.bin', 'z.bin')
  await at.delete(['/deep/er/Ä.bin', '/copies/deep/er/'])
  await shareClient(server).create({ items: ['/deep/er/z.bin'] })
  await server.keyWith({ username: 'second', plan: 'free', isBanned: true })
}

const task = (id: string) => ({
  ...{ id, user_id: 'user-owner', requested_type: 'file', url: 'https://a.example/x', folder: '/' },
  ...{ video_json: '{}', state: 'running', progress: 0.5, created_at: 1, updated_at: 1 },
})

async function freshFile() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-move-'))
  const database = await openDatabase(databaseFile(folder.path))
  return {
    database,
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await folder.remove()
    },
  }
}

test('all rows go to PostgreSQL and come back as they were, and new ones come behind them', async () => {
  await using server = await startTestServer()
  await fill(server)
  await server.end()
  const here = await openBeside(server)
  await using _here = { [Symbol.asyncDispose]: () => here.destroy() }
  for (const id of ['b', 'a', 'c']) await here.insertInto('import_task').values(task(id)).execute()
  await using there = await openTestDatabase()
  await using back = await freshFile()

  const told: string[] = []
  const counts = await moveRows(here, there.database, {
    tell: (table) => void told.push(table),
  })
  expect(told).toEqual(Object.keys(movedTables))
  expect(counts).toMatchObject({ file: 12, import_task: 3, share: 1, share_item: 1, user: 2 })
  expect(await countRows(there.database)).toEqual(await countRows(here))
  await moveRows(there.database, back.database, quiet)
  expect(await dump(back.database)).toEqual(await dump(here))
  const { orderOfArrival } = dialectOf(back.database)
  const tasks = back.database.selectFrom('import_task').select('id').orderBy(orderOfArrival)
  expect((await tasks.execute()).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  // Listings count by marks, which nobody copied.
  for (const database of [there.database, back.database]) {
    const { rows } = await sql<{ files: number }>`
      select sum(files) as files from listing_mark where sort = 0`.execute(database)
    const { rows: listed } = await sql<{ files: number }>`
      select count(*) as files from file where folder_id is not null`.execute(database)
    expect(Number(rows[0]?.files)).toBe(Number(listed[0]?.files))
    const added = await database
      .insertInto('folder')
      .values({
        ...{ user_id: 'user-owner', parent_id: 0, name: 'new' },
        ...{ folded_name: 'new', searched_name: 'new' },
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const { id } = await here
      .selectFrom('folder')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirstOrThrow()
    expect(added.id).toBeGreaterThan(id)
  }
})

test('where there are accounts already, nothing is changed', async () => {
  await using server = await startTestServer()
  await using there = await openTestDatabase()
  const here = await openBeside(server)
  await using _here = { [Symbol.asyncDispose]: () => here.destroy() }
  await moveRows(here, there.database, quiet)
  const before = await dump(there.database)
  await expect(moveRows(here, there.database, quiet)).rejects.toThrow('There are accounts by now')
  expect(await dump(there.database)).toEqual(before)
})

test('every table moves, or stays for a reason', async () => {
  await using file = await freshFile()
  const known = (await tablesOf(file.database)).filter((name) => !name.startsWith('file_search_'))
  expect(known.toSorted()).toEqual(
    known.filter((name) => name in movedTables || name in left).toSorted(),
  )
  expect(known).toEqual(expect.arrayContaining(Object.keys(movedTables)))
})
