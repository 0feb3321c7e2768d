import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test, vi } from 'vitest'
import { databaseFile, openDatabase } from './database.ts'

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

const ways = ['read', 'write', 'transaction'] as const

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
    const work = {
      read: rows,
      write: () => add(database, 'a'),
      transaction: () => database.transaction().execute((to) => add(to, 'a')),
    }
    await rows()
    stick(code)
    // A single write that failed may have come through: it is not made twice.
    if (way === 'write' && code !== 5) await expect(work[way]()).rejects.toThrow('may have come')
    else await work[way]()
    await add(database, 'b')
    expect((await rows()).map((row) => row.blob_id)).toContain('b')
  },
)
