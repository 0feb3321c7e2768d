import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import { leaseTime } from '#server/core/config.ts'
import { createLocks, LockLost, type Locks } from '#server/core/locks.ts'
import { storedName } from './stored-name.ts'

/** After a server that ended without a word, others wait so long. */
const leaseMs = leaseTime(15_000)
const renewEveryMs = leaseTime(5_000)
const firstPauseMs = 10
const longestPauseMs = 250

/** @param leaseMs how long a name is held without a word of its holder */
export type LeaseTimes = { leaseMs: number; renewEveryMs: number }

/**
 * Locks as rows that their holders renew. No connection is held meanwhile: work under a lock needs connections
 * of its own, and ten of them that all held one would wait for the pool for ever.
 */
export function createLeaseLocks<Tables>(
  database: Kysely<Tables>,
  times: LeaseTimes = { leaseMs, renewEveryMs },
): Locks {
  // Those of one server stand in line here, and one of them asks the database.
  const own = createLocks()
  /** Stored name → token of what this process holds. */
  const tokens = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined

  async function take(name: string): Promise<boolean> {
    const token = randomUUID()
    const { rows } = await sql`
      insert into lock_lease as held (name, token, until)
      values (${name}, ${token}, server_now() + ${times.leaseMs})
      on conflict (name) do update set token = excluded.token, until = excluded.until
        where held.until < server_now()
      returning token`.execute(database)
    if (rows.length === 0) return false
    tokens.set(name, token)
    timer ??= setInterval(renew, times.renewEveryMs).unref()
    return true
  }

  async function takeInTurn(name: string): Promise<void> {
    for (let pauseMs = firstPauseMs; !(await take(name)); ) {
      await wait(pauseMs * (0.5 + Math.random() / 2))
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    }
  }

  function renew(): void {
    // What fails is tried again, three times before the lease ends.
    sql`update lock_lease set until = server_now() + ${times.leaseMs}
      where token = any(${[...tokens.values()]}::uuid[])`
      .execute(database)
      .catch(() => undefined)
  }

  async function giveBack(names: readonly string[]): Promise<void> {
    const given = names.flatMap((name) => tokens.get(name) ?? [])
    for (const name of names) tokens.delete(name)
    if (tokens.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
    // The work is done, whatever comes of this: at worst others wait until the lease ends.
    await sql`delete from lock_lease where token = any(${given}::uuid[])`
      .execute(database)
      .catch(() => undefined)
  }

  return {
    run(names, work) {
      const sorted = [...new Set(names.map(storedName))].sort()
      return own.run(sorted, async () => {
        const taken: string[] = []
        try {
          for (const name of sorted) {
            await takeInTurn(name)
            taken.push(name)
          }
          return await work()
        } finally {
          await giveBack(taken)
        }
      })
    },
    async attempt(name, work) {
      const stored = storedName(name)
      let isTaken = false
      await own.attempt(stored, async () => {
        isTaken = await take(stored)
        if (!isTaken) return
        try {
          await work()
        } finally {
          await giveBack([stored])
        }
      })
      return isTaken
    },
    async held(names) {
      const stored = new Map(names.map((name) => [storedName(name), name]))
      const { rows } = await sql<{ name: string }>`
        select name from lock_lease
        where name = any(${[...stored.keys()]}) and until >= server_now()`.execute(database)
      return new Set(rows.flatMap(({ name }) => stored.get(name) ?? []))
    },
    async releaseWith(unit, name) {
      const token = tokens.get(storedName(name)) ?? null
      const { numAffectedRows } = await sql`
        delete from lock_lease where name = ${storedName(name)} and token = ${token}`.execute(
        unit as unknown as Transaction<Tables>,
      )
      if (numAffectedRows !== 1n) throw new LockLost()
    },
  }
}
