import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { createRunUnit, type Database, unitOf } from '#server/storage/database.ts'
import { createLeaseLocks, type LeaseTimes } from '#server/storage/postgres/lease-locks.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createIdempotency } from './idempotency.ts'
import { testIdempotencyStore } from './idempotency-store.contract.ts'
import { createIdempotencyStore } from './idempotency-store.ts'

testIdempotencyStore(async () => {
  const servers = await openTestServers()
  const [database] = servers.databases
  return {
    store: createIdempotencyStore(database),
    users: ['alice', 'bob'],
    write: (work) => database.transaction().execute((transaction) => work(unitOf(transaction))),
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  }
})

/** Of a process that stands still. */
const silent: LeaseTimes = { leaseMs: 60_000, renewEveryMs: 3_600_000 }
const asked = { userId: 'alice', endpoint: 'import', fingerprint: 1 }

function startServer(database: Database, times?: LeaseTimes) {
  const locks = createLeaseLocks(database, times)
  const store = createIdempotencyStore(database)
  const run = createRunUnit(database)
  return { idempotency: createIdempotency({ store, clock: systemClock, locks }), run }
}

test('one Idempotency-Key at once on three servers is one piece of work with one answer', async () => {
  await using servers = await openTestServers()
  const started = servers.databases.map((database) => startServer(database))
  let works = 0
  const send = ({ idempotency, run }: (typeof started)[number]) =>
    idempotency.once<{ number: number }>('key', asked, async (keep) => {
      works += 1
      const reply = { number: works }
      await run((unit) => keep(unit, reply))
      return reply
    })
  const replies = await Promise.all(Array.from({ length: 5 }, () => started.map(send)).flat())
  expect(works).toBe(1)
  expect(replies).toEqual(Array.from({ length: 15 }, () => ({ number: 1 })))
})

test('where a server dies at its work another does it, and what the first does late comes true nowhere', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [dying, other] = [startServer(here, silent), startServer(there)]
  const silenced = Promise.withResolvers<void>()
  const overtaken = Promise.withResolvers<void>()
  const first = dying.idempotency.once<string>('key', asked, async (keep) => {
    silenced.resolve()
    await overtaken.promise
    await dying.run((unit) => keep(unit, 'first'))
    return 'first'
  })
  await silenced.promise
  await sql`update lock_lease set until = 0`.execute(there)
  const second = await other.idempotency.once<string>('key', asked, async (keep) => {
    await other.run((unit) => keep(unit, 'second'))
    return 'second'
  })
  overtaken.resolve()
  await expect(first).rejects.toMatchObject({ code: 'unavailable' })
  expect(second).toBe('second')
  const again = await dying.idempotency.once<string>('key', asked, async () => 'third')
  expect(again).toBe('second')
})
