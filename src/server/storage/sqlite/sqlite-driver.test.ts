import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { RawBuilder } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import {
  prepareRead,
  prepareTuples,
  readSnapshot,
  type TextValue,
} from '#server/storage/prepare-read.ts'
import { databaseFile, openDatabase } from './open-sqlite.ts'

afterEach(() => vi.restoreAllMocks())

/** Every connection that was used before `stick` fails from then on, as one whose lock the system kept. */
function stickyConnections() {
  const { exec, prepare } = DatabaseSync.prototype
  const known = new WeakSet<DatabaseSync>()
  let errcode: number | null = null
  const meet = (connection: DatabaseSync) => {
    if (errcode === null) known.add(connection)
    else if (known.has(connection)) throw Object.assign(new Error('stuck'), { errcode })
  }
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, text) {
    meet(this)
    exec.call(this, text)
  })
  vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (
    this: DatabaseSync,
    ...given
  ) {
    meet(this)
    const statement = prepare.apply(this, given)
    // Statements are kept: the lock is asked for when they run.
    for (const way of ['all', 'run'] as const) {
      const work = statement[way] as (...values: unknown[]) => unknown
      const met = (...values: unknown[]) => {
        meet(this)
        return work.apply(statement, values)
      }
      Object.assign(statement, { [way]: met })
    }
    return statement
  })
  return { stick: (code: number) => (errcode = code) }
}

const ways = ['read', 'prepared read', 'snapshot', 'write', 'transaction'] as const

// SQLITE_BUSY, _PROTOCOL and _IOERR_RDLOCK.
test.each(ways.flatMap((way) => [5, 15, 2314].map((code) => [way, code] as const)))(
  'a %s that finds its connection stuck (%d) goes on with a fresh one, or the next does',
  async (way, code) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-driver-'))
    const { stick } = stickyConnections()
    await using database = await openDatabase(databaseFile(folder.path))
    const rows = () => database.selectFrom('missing_blob').selectAll().execute()
    const add = (to: Pick<typeof database, 'insertInto'>, blob_id: string) =>
      to.insertInto('missing_blob').values({ blob_id, noticed_at: 1 }).execute()
    const prepared = prepareRead(database, (blobId: TextValue) =>
      database.selectFrom('missing_blob').selectAll().where('blob_id', '=', blobId),
    )
    const work = {
      read: rows,
      'prepared read': () => prepared.read('a'),
      snapshot: () => readSnapshot(database, (read) => read(prepared, 'a')),
      write: () => add(database, 'a'),
      transaction: () => database.transaction().execute((to) => add(to, 'a')),
    }
    await rows()
    await work.snapshot()
    stick(code)
    // A single write that failed may have come through: it is not made twice.
    if (way === 'write' && code !== 5) await expect(work[way]()).rejects.toThrow('may have come')
    else await work[way]()
    await add(database, 'b')
    expect((await rows()).map((row) => row.blob_id)).toContain('b')
  },
)

test('a prepared read fills its places in whatever order they stand, and gives objects or tuples', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-driver-'))
  await using database = await openDatabase(databaseFile(folder.path))
  const rows = ['a', 'b', 'c'].map((blob_id, noticed_at) => ({ blob_id, noticed_at }))
  await database.insertInto('missing_blob').values(rows).execute()
  const query = (limit: RawBuilder<number>, blobId: TextValue) =>
    database
      .selectFrom('missing_blob')
      .selectAll()
      .where('blob_id', '>', blobId)
      .where('blob_id', '!=', 'z')
      .orderBy('blob_id')
      .limit(limit)
  const objects = prepareRead(database, query)
  const tuples = prepareTuples<[number, string], [string, number]>(database, query)
  expect(await objects.read(2, 'a')).toEqual(rows.slice(1))
  expect(await tuples.read(1, 'a')).toEqual([['b', 1]])
  expect(await objects.read(9, '')).toEqual(rows)
})

test('reads of one snapshot see one state, whoever writes between them', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-driver-'))
  const file = databaseFile(folder.path)
  await using database = await openDatabase(file)
  const count = prepareRead(database, () =>
    database.selectFrom('missing_blob').select((of) => of.fn.countAll<number>().as('rows')),
  )
  using beside = new DatabaseSync(file)
  const seen = await readSnapshot(database, function* (read) {
    const before = yield* read(count)
    beside.exec(`insert into missing_blob values ('a', 1)`)
    return [...before, ...(yield* read(count))]
  })
  expect(seen).toEqual([{ rows: 0 }, { rows: 0 }])
  expect(await count.read()).toEqual([{ rows: 1 }])
})
