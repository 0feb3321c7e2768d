import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testChanges } from '#server/core/changes.contract.ts'
import { testLocks } from '#server/core/locks.contract.ts'
import { unitOf } from '#server/storage/database.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createFolderVersions } from './folder-versions.ts'
import { createStoredAddresses } from './known-addresses.ts'
import { createLeaseLocks } from './lease-locks.ts'

const short = { leaseMs: 300, renewEveryMs: 100 }

testLocks(async () => {
  const servers = await openTestServers()
  const [here, there] = servers.databases
  return {
    both: [createLeaseLocks(here), createLeaseLocks(there)],
    write: (work) => here.transaction().execute((transaction) => work(unitOf(transaction))),
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  }
})

testChanges(async () => {
  const servers = await openTestServers()
  const [here, there] = servers.databases
  let made = 0
  return {
    both: [createFolderVersions(here), createFolderVersions(there)],
    users: ['alice', 'bob'],
    async change(user_id) {
      made += 1
      const names = { name: `${made}`, folded_name: `${made}`, searched_name: `${made}` }
      await here
        .insertInto('folder')
        .values({ user_id, parent_id: 0, ...names })
        .execute()
    },
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  }
})

test('a lock is kept for as long as its work takes, and free once its server says nothing any more', async () => {
  await using servers = await openTestServers()
  const [here, there, elsewhere] = servers.databases
  const [kept, other] = [createLeaseLocks(here, short), createLeaseLocks(there, short)]
  await kept.run(['a'], async () => {
    await sql`select pg_sleep(1)`.execute(there)
    expect(await other.attempt('a', async () => {})).toBe(false)
  })
  const silent = createLeaseLocks(elsewhere, { leaseMs: 300, renewEveryMs: 3_600_000 })
  const order: string[] = []
  await silent.run(['a'], async () => {
    await other.run(['a'], async () => void order.push('taken over'))
    const late = elsewhere.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('user').where('id', '=', 'bob').execute()
      await silent.releaseWith(unitOf(transaction), 'a')
    })
    await expect(late).rejects.toThrow('Another server')
  })
  expect(order).toEqual(['taken over'])
  expect(await here.selectFrom('user').select('id').execute()).toHaveLength(2)
})

test('thirty who hold locks and write under them do not wait for a pool of ten for ever', async () => {
  await using servers = await openTestServers()
  const [here] = servers.databases
  const locks = createLeaseLocks(here)
  let running = 0
  const all = Promise.withResolvers<void>()
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      locks.run([`lock ${index}`], async () => {
        running += 1
        if (running === 30) all.resolve()
        await all.promise
        await here.selectFrom('user').select('id').execute()
      }),
    ),
  )
  expect(running).toBe(30)
})

test('an address that signed in on one server is known on all, the latest twenty of an account', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [one, other] = [createStoredAddresses(here), createStoredAddresses(there)]
  for (let last = 0; last < 21; last += 1) await one.add('alice', `192.0.2.${last}`)
  expect(await other.has('alice', '192.0.2.20')).toBe(true)
  expect(await other.has('alice', '192.0.2.0')).toBe(false)
  expect(await other.has('bob', '192.0.2.20')).toBe(false)
  expect(await other.has('a\0b', 'x'.repeat(100_000))).toBe(false)
})
