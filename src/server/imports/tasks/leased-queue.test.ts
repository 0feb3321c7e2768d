import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { AccessEnded, type AccessHolder } from '#server/core/access-watch.ts'
import { systemClock } from '#server/core/clock.ts'
import type { Database } from '#server/storage/database.ts'
import { openTestServers } from '#server/testing/test-servers.ts'
import { importTask } from './import-tasks.contract.ts'
import { createLeasedQueue } from './leased-queue.ts'
import { createLeasedTasks } from './leased-tasks.ts'

const warn = () => {}

/** A server whose imports run until they are told to end, or are stopped. */
function startServer(database: Database, owner: string, revoked = new Set<string | null>()) {
  const tasks = createLeasedTasks(database, { owner, clock: systemClock, warn })
  const runs = new Map<string, () => void>()
  const ended = new AccessEnded('invalid_key', 'The key that started it was revoked.')
  const access = {
    watch: () => ({ signal: new AbortController().signal, [Symbol.dispose]: () => {} }),
    require: async ({ keyId }: AccessHolder) => {
      if (revoked.has(keyId)) throw ended
    },
  }
  const queue = createLeasedQueue(
    { concurrency: 1, access, tasks, log: { warn } },
    async (id, { stopped, claim }) => {
      if (revoked.has(claim?.task.keyId ?? '')) {
        const { code, message } = ended
        await tasks.finish(id, { state: 'failed', error: { code, message } })
      } else {
        const over = Promise.withResolvers<void>()
        runs.set(id, () => over.resolve())
        stopped.addEventListener('abort', () => over.resolve())
        await over.promise
        if (!stopped.aborted) await tasks.finish(id, { state: 'completed', progress: 100 })
      }
      await tasks.release(id)
      runs.delete(id)
    },
  )
  return {
    ...{ tasks, queue, runs },
    async add(id: string, keyId = 'key') {
      await tasks.add(importTask(id, 'alice', keyId))
      queue.add({ id, userId: 'alice', keyId })
    },
    [Symbol.asyncDispose]: () => queue.stop(),
  }
}

test('what a server gives back when it stops, or loses when it dies, another takes up without being told', async () => {
  await using servers = await openTestServers()
  const [here, there, elsewhere] = servers.databases
  await using other = startServer(there, 'other')
  await other.queue.start()
  {
    await using stopping = startServer(here, 'stopping')
    await stopping.add('a')
    await expect.poll(() => [...stopping.runs.keys()]).toEqual(['a'])
  }
  await expect.poll(() => [...other.runs.keys()]).toEqual(['a'])
  other.runs.get('a')?.()
  await expect.poll(async () => (await other.tasks.find('a'))?.task.state).toBe('completed')

  const dead = createLeasedTasks(elsewhere, { owner: 'dead', clock: systemClock, warn })
  await dead.add(importTask('b', 'alice', 'key'))
  await dead.claim('b')
  await sql`update import_task set lease_until = server_now() - 1, lease_token = 7 where id = 'b'`.execute(
    elsewhere,
  )
  await expect.poll(() => [...other.runs.keys()]).toEqual(['b'])
  await dead.release('b')
})

test('as many run on a server as may, and what waits for a place ends with its key', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  const revoked = new Set<string | null>()
  await using server = startServer(database, 'one', revoked)
  await server.queue.start()
  await server.add('a')
  await expect.poll(() => [...server.runs.keys()]).toEqual(['a'])
  await server.add('b', 'other key')
  await server.add('c')
  revoked.add('other key')
  await expect.poll(async () => (await server.tasks.find('b'))?.task.state).toBe('failed')
  expect([...server.runs.keys()]).toEqual(['a'])
  server.runs.get('a')?.()
  await expect.poll(() => [...server.runs.keys()]).toEqual(['c'])
})
