import { setImmediate as giveWay } from 'node:timers/promises'
import { sql } from 'kysely'
import { isStorageFailure } from '#server/core/failure.ts'
import type { Database } from '#server/storage/database.ts'

/** Some 10 ms of work. */
const rowsAtOnce = 100
/** So many may wait while files go on coming: a search looks through them one by one. */
const maxWaiting = 2_000
const everyMs = 1_000

export type NameIndexer = { start(): void; stop(): Promise<void> }

/**
 * Puts the names of new files into the index of trigrams once no more come, or many wait: a hundred in
 * one transaction cost a fraction of what one by one would add to each upload. Searches find them before.
 */
export function createNameIndexer(database: Database, warn: (error: unknown) => void): NameIndexer {
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  let isStopped = false
  let lastSeen = 0

  async function catchUp(): Promise<void> {
    const state = await readState(database)
    const isQuiet = state.last === lastSeen
    lastSeen = state.last
    if (!isQuiet && state.last - state.indexed < maxWaiting) return
    for (let { indexed } = state; indexed < state.last && !isStopped; ) {
      indexed = await indexSome(database)
      await giveWay()
    }
  }

  async function tick(): Promise<void> {
    try {
      await catchUp()
    } catch (error) {
      // A full disk or a lock: the next time will do.
      if (!isStorageFailure(error)) warn(error)
    }
    if (!isStopped) timer = setTimeout(start, everyMs).unref()
  }

  function start(): void {
    running = tick()
  }

  return {
    start,
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

async function readState(database: Database): Promise<{ indexed: number; last: number }> {
  const row = await database
    .selectFrom('search_state')
    .select(['indexed_to', sql<number | null>`(select max(rowid) from file)`.as('last')])
    .executeTakeFirstOrThrow()
  return { indexed: row.indexed_to, last: row.last ?? 0 }
}

/** Resolves with up to where all names are in the index. */
function indexSome(database: Database): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ first: number; last: number | null }>`
      select indexed_to as first,
        (select max(rowid) from (
          select rowid from file where rowid > indexed_to order by rowid limit ${rowsAtOnce}
        )) as last
      from search_state`.execute(transaction)
    const [{ first, last } = { first: 0, last: null }] = rows
    // Those that waited may be gone.
    if (last === null) return Number.POSITIVE_INFINITY
    await sql`
      insert into file_search (rowid, owner, name)
      select rowid, substr(user_id, -3), searched_name from file
      where rowid > ${first} and rowid <= ${last}`.execute(transaction)
    await transaction.updateTable('search_state').set({ indexed_to: last }).execute()
    return last
  })
}
