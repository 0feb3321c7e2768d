import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Database } from '#server/storage/database.ts'
import type { NameSearch } from '#server/storage/name-search.ts'
import { createNameIndexer } from './index-names.ts'
import { createNameSearch } from './name-search.ts'
import { databaseFile, openDatabase } from './open-sqlite.ts'

function addUser(file: string): void {
  using beside = new DatabaseSync(file)
  beside.exec(
    `insert into user (id, name, email, createdAt, updatedAt) values ('user-owner', '', '', '', '')`,
  )
}

/** Rows alone. */
function addFiles(file: string, names: string[]): void {
  using beside = new DatabaseSync(file)
  const insert = beside.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, searched_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?1, 'user-owner', 0, ?1, ?1, ?1, ?1, 1, '', ?1, ?1, 0)`,
  )
  beside.exec('begin')
  for (const name of names) insert.run(name)
  beside.exec('commit')
}

async function found(search: NameSearch, word: string): Promise<string[]> {
  const asked = { folders: [], words: [word], phrase: word, kind: null, endings: [] }
  const page = await search.find({ userId: 'user-owner', ...asked, offset: 0, limit: 1_000 })
  return page?.items.map(({ name }) => name).sort() ?? []
}

async function indexedTo(database: Database): Promise<number> {
  const state = database.selectFrom('search_state').select('indexed_to')
  return (await state.executeTakeFirstOrThrow()).indexed_to
}

/** Until all names are in the index: two looks, for it waits until no more come. */
async function indexAll(database: Database, rows: number): Promise<void> {
  const indexer = createNameIndexer(database, (error) => expect(error).toBeNull())
  indexer.start()
  await expect.poll(() => indexedTo(database), { timeout: 20_000 }).toBe(rows)
  await indexer.stop()
}

/** What the index of trigrams says by itself. */
function inIndex(file: string, gram: string): number {
  using beside = new DatabaseSync(file)
  const query = beside.prepare(
    'select count(*) as count from file_search where file_search match ?',
  )
  return Number(query.get(`"${gram}"`)?.count)
}

test('a name is found before it is in the index, in it, and not when it is gone or another', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-names-'))
  const file = databaseFile(folder.path)
  await using database = await openDatabase(file)
  addUser(file)
  const search = createNameSearch(file)
  try {
    const names = Array.from(
      { length: 250 },
      (_, index) => `before ${String(index).padStart(3, '0')}`,
    )
    addFiles(file, names)
    expect(inIndex(file, 'bef')).toBe(0)
    expect(await found(search, 'before')).toEqual(names)
    await indexAll(database, 250)
    expect(inIndex(file, 'bef')).toBe(250)
    expect(await found(search, 'before')).toEqual(names)

    addFiles(file, ['before and after'])
    expect(await found(search, 'fore')).toEqual([...names, 'before and after'])
    using beside = new DatabaseSync(file)
    // One that is in the index and one that is not.
    for (const name of ['before 007', 'before and after']) {
      beside.prepare('update file set searched_name = ? where name = ?').run(`other ${name}`, name)
    }
    expect(await found(search, 'other')).toEqual(['before 007', 'before and after'])
    beside.exec(`delete from file where searched_name like 'other%'`)
    expect(await found(search, 'other')).toEqual([])
    expect(inIndex(file, 'oth')).toBe(0)

    // The last rowid is given again, and is one that the index has passed.
    beside.exec(`delete from file where name = 'before 249'`)
    expect(inIndex(file, 'bef')).toBe(248)
    addFiles(file, ['again'])
    expect(inIndex(file, 'aga')).toBe(1)
    expect(await found(search, 'again')).toEqual(['again'])
    beside.exec(`insert into file_search (file_search) values ('integrity-check')`)
  } finally {
    await search.close()
  }
})

test('a database that cannot be read is told as such, and searched again once it can be', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-names-'))
  const file = databaseFile(folder.path)
  const search = createNameSearch(file)
  try {
    await expect(found(search, 'name')).rejects.toMatchObject({ errcode: 14 })
    await using _database = await openDatabase(file)
    addUser(file)
    addFiles(file, ['a name'])
    expect(await found(search, 'name')).toEqual(['a name'])
  } finally {
    await search.close()
  }
})
