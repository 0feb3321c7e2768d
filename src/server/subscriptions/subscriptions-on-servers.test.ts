import { expect, test, vi } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { createImportTasks } from '#server/imports/tasks/import-repository.ts'
import { importTask } from '#server/imports/tasks/import-tasks.contract.ts'
import type { Database } from '#server/storage/database.ts'
import { createLeaseLocks } from '#server/storage/postgres/lease-locks.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { createSubscriptionRepository, type SubscriptionRow } from './subscription-repository.ts'
import { createSubscriptions } from './subscriptions.ts'

const row: SubscriptionRow = {
  ...{ id: 'sub', user_id: 'alice', key_id: 'key', url: 'https://list.test/', title: '' },
  ...{ folder: '/', quality: 'best', subtitles: 0, thumbnail: 0, every_hours: 24, only_new: 0 },
  ...{ state: 'on', is_begun: 1, created_at: 0, looked_at: null, next_at: 0, failures: 0 },
  ...{ error: null, error_code: null, keep: null },
}

/** Looks begin when they are asked for, and find one entry once they are told to end. */
function startServer(database: Database) {
  const end = Promise.withResolvers<void>()
  const entry = { link: new URL('https://list.test/1'), isPrivate: false, publishedAt: null }
  const at = vi.fn(async () => {
    await end.promise
    return { kind: 'list', title: 'List', entries: [entry] } as never
  })
  const subscriptions = createSubscriptionRepository(database)
  const tasks = createImportTasks(database, systemClock)
  const running = createSubscriptions({
    ...{ subscriptions, clock: systemClock, hasPeers: true, log: { warn: () => {} } },
    locks: createLeaseLocks(database),
    looks: { at, stop: async () => {} },
    async startImport({ alongside }) {
      const started = { id: 'task', type: 'file' as const }
      await tasks.add(importTask('task', 'alice', 'key'), (unit) => alongside(unit, started))
      return started
    },
    access: {
      watch: () => ({ signal: new AbortController().signal, [Symbol.dispose]: () => {} }),
      require: async () => {},
    },
  })
  return { at, end: end.resolve, subscriptions, running, [Symbol.asyncDispose]: running.stop }
}

test('a list that is due is looked at by one server, and all know that it is', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  await using one = startServer(here)
  await using other = startServer(there)
  await one.subscriptions.add(row)
  await Promise.all([one.running.start(), other.running.start()])
  const looks = () => one.at.mock.calls.length + other.at.mock.calls.length
  await expect.poll(looks).toBe(1)
  for (const { running } of [one, other]) {
    await running.lookNow(row)
    expect(await running.looking(['sub', 'none'])).toEqual(new Set(['sub']))
  }
  one.end()
  other.end()
  await expect.poll(async () => (await one.subscriptions.list('alice'))[0]?.imported).toBe(1)
  await expect.poll(() => other.running.looking(['sub'])).toEqual(new Set())
  expect(looks()).toBe(1)
})

test.each(['deleted', 'paused'])('what was %s on another server starts no import', async (how) => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  await using looking = startServer(here)
  const other = createSubscriptionRepository(there)
  await other.add(row)
  await looking.running.lookNow(row)
  await expect.poll(() => looking.at.mock.calls.length).toBe(1)
  if (how === 'deleted') await other.remove('sub')
  else await other.change('sub', { state: 'paused' })
  looking.end()
  await expect.poll(() => looking.running.looking(['sub'])).toEqual(new Set())
  expect(await here.selectFrom('import_task').select('id').execute()).toEqual([])
})

test('one that another server makes is looked at by all that are left, also where that server dies', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const clock = { lead: 0, now: Date.now, monotonic: () => performance.now() + clock.lead }
  await using left = startServer(here)
  vi.spyOn(systemClock, 'monotonic').mockImplementation(clock.monotonic)
  await left.running.start()
  await createSubscriptionRepository(there).add(row)
  clock.lead = 60_000
  await expect.poll(() => left.at.mock.calls.length).toBe(1)
  left.end()
})
