import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import type { Database } from '#server/storage/database.ts'
import { createRateWindows } from '#server/storage/postgres/rate-windows.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { testRateLimiters } from './rate-limiter.contract.ts'
import { createSharedWindows } from './shared-windows.ts'

const warn = () => {}
const limit = { max: 60, seconds: 60 }

async function setServerClock(database: Database, epochMs: number): Promise<void> {
  const body = sql.raw(`$$ select ${epochMs}::bigint $$`)
  await sql`create or replace function server_now() returns bigint language sql volatile as ${body}`.execute(
    database,
  )
}

testRateLimiters(async () => {
  const servers = await openTestServers()
  const [here, there] = servers.databases
  // Three clocks at odd, unrelated times: the two of this machine and that of the database.
  const time = { now: 1_782_326_085_123, monotonic: 987_654.25, database: 1_782_000_000_321 }
  const clock = { now: () => time.now, monotonic: () => time.monotonic }
  const limiters = (database: Database) =>
    createSharedWindows({ store: createRateWindows(database), clock, warn })
  await setServerClock(here, time.database)
  return {
    both: [limiters(here), limiters(there)],
    now: clock.now,
    async pass(ms) {
      for (const each of ['now', 'monotonic', 'database'] as const) time[each] += ms
      await setServerClock(here, time.database)
    },
    jump(ms) {
      time.now += ms
    },
    requests: 500,
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  }
})

test('of 612 requests that come to three servers at once exactly 60 are served', async () => {
  await using servers = await openTestServers()
  const limiters = servers.databases.map((database) => {
    const store = createRateWindows(database)
    return createSharedWindows({ store, clock: systemClock, warn })('key', limit)
  })
  const taken = await Promise.all(
    Array.from({ length: 204 }, () => limiters.map((limiter) => limiter.take('key'))).flat(),
  )
  expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(60)
})

test('who keeps knocking after a refusal costs the database nothing', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  const windows = createRateWindows(database)
  let asked = 0
  const store = {
    ...windows,
    take(...asking: Parameters<typeof windows.take>) {
      asked += 1
      return windows.take(...asking)
    },
  }
  const limiter = createSharedWindows({ store, clock: systemClock, warn })('key', limit)
  for (let times = 0; times < 200; times += 1) await limiter.take('key')
  expect(asked).toBe(61)
})

test('windows in which nothing counts any more are swept, and those in use are not', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  const windows = createRateWindows(database)
  await windows.take('idle', { max: 1, seconds: 0 })
  await windows.take('in use', limit)
  await sql`select pg_sleep(0.01)`.execute(database)
  await windows.sweep()
  const { rows } = await sql<{ name: string }>`select name from rate_window`.execute(database)
  expect(rows.map(({ name }) => name)).toEqual(['in use'])
})
