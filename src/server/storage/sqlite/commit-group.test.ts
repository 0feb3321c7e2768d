import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, expect, test, vi } from 'vitest'
import { databaseFile, openDatabase } from './open-sqlite.ts'

afterEach(() => vi.restoreAllMocks())

/** A database, and what another process sees of it. */
async function openWorld() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-group-'))
  const file = databaseFile(folder.path)
  const database = await openDatabase(file)
  const beside = new DatabaseSync(file)
  const select = beside.prepare('select blob_id from missing_blob order by blob_id')
  return {
    database,
    seen: () => select.all().map((row) => row.blob_id),
    add: (blob_id: string) =>
      database
        .transaction()
        .execute((to) =>
          to.insertInto('missing_blob').values({ blob_id, noticed_at: 1 }).execute(),
        ),
    async [Symbol.asyncDispose]() {
      beside.close()
      await database.destroy()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Tells of every commit; `failing` of them fail. */
function watchCommits(failing = 0) {
  const { exec } = DatabaseSync.prototype
  const told: string[] = []
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, text) {
    if (text === 'commit') told.push('commit')
    if (text === 'commit' && told.length <= failing) {
      throw Object.assign(new Error('disk I/O error'), { errcode: 10 })
    }
    exec.call(this, text)
  })
  return told
}

const names = Array.from({ length: 20 }, (_, index) => `row ${String(index).padStart(2, '0')}`)

test('transactions that come together are committed by one, and none is done before it', async () => {
  await using world = await openWorld()
  const told = watchCommits()
  await Promise.all(
    names.map(async (name) => {
      await world.add(name)
      expect(world.seen()).toContain(name)
      told.push('done')
    }),
  )
  expect(told).toEqual(['commit', ...names.map(() => 'done')])
})

test('where the commit fails nobody is told that it came through, and the next one begins afresh', async () => {
  await using world = await openWorld()
  watchCommits(1)
  const ends = await Promise.allSettled(names.map(world.add))
  expect(ends.map(({ status }) => status)).toEqual(names.map(() => 'rejected'))
  expect(ends[7]).toMatchObject({ reason: { errcode: 10 } })
  expect(world.seen()).toEqual([])
  await world.add('next')
  expect(world.seen()).toEqual(['next'])
})

test('one that fails takes nothing from the others, and leaves nothing', async () => {
  await using world = await openWorld()
  const told = watchCommits()
  const failing = world.database.transaction().execute(async (to) => {
    await to.insertInto('missing_blob').values({ blob_id: 'x', noticed_at: 1 }).execute()
    throw new Error('no')
  })
  const others = Promise.all(names.map(world.add))
  await expect(failing).rejects.toThrow('no')
  await others
  await expect(world.add('row 00')).rejects.toThrow(/unique/i)
  expect(world.seen()).toEqual(names)
  expect(told.length).toBeLessThan(4)
})

test('where SQLite rolls the whole back by itself, all that waited for it are told', async () => {
  await using world = await openWorld()
  await world.add('row')
  const before = world.add('before')
  const breaking = world.database
    .transaction()
    .execute((to) => sql`insert or rollback into missing_blob values ('row', 1)`.execute(to))
  const after = world.add('after')
  const ends = await Promise.allSettled([before, breaking, after])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  expect(world.seen()).toEqual(['after', 'row'])
})

test('a single write among transactions is safe too when it is done, and so is what came before', async () => {
  await using world = await openWorld()
  const before = names.slice(0, 3).map(world.add)
  const single = world.database
    .insertInto('missing_blob')
    .values({ blob_id: 'single', noticed_at: 1 })
    .execute()
    .then(() => expect(world.seen()).toEqual([...names.slice(0, 3), 'single']))
  await Promise.all([...before, single, world.add('last')])
  expect(world.seen()).toEqual(['last', ...names.slice(0, 3), 'single'])
})

test('what was taken by another of the same group is seen by who tries again', async () => {
  await using world = await openWorld()
  await Promise.all([
    world.add('a'),
    world.add('a').catch(() => expect(world.seen()).toEqual(['a'])),
  ])
})
