import { once } from 'node:events'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import { systemClock } from '#server/core/clock.ts'
import { storageUnavailable } from '#server/core/failure.ts'
import { LockLost } from '#server/core/locks.ts'
import { type Database, unitOf } from '#server/storage/database.ts'
import { openTestServers, type TestServers } from '#server/testing/test-servers.ts'
import { importTask, testImportTasks } from './import-tasks.contract.ts'
import type { ProgressReading } from './import-tasks.ts'
import { createLeasedTasks, type LeasedTasks } from './leased-tasks.ts'

const warn = () => {}

function tasksOf(database: Database, owner: string, clock = systemClock): LeasedTasks {
  return createLeasedTasks(database, { owner, clock, warn })
}

testImportTasks(async () => {
  const servers = await openTestServers()
  const [database] = servers.databases
  const tasks = tasksOf(database, 'one')
  return {
    tasks,
    add: (id) => tasks.add(importTask(id, 'alice', 'key')),
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  }
})

/** What becomes of a task whose server says nothing any more, once its lease has ended. */
async function endLeases({ databases: [database] }: TestServers): Promise<void> {
  await sql`update import_task set lease_until = server_now() - 1`.execute(database)
}

/** As long as others leave a task to the server that took it. */
async function passOwnTime({ databases: [database] }: TestServers): Promise<void> {
  await sql`update import_task set added_at = added_at - 60000`.execute(database)
}

/** Lists a folder in the unit that ends a task, as an import does. */
async function list(database: Database, tasks: LeasedTasks, id: string): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const names = { name: id, folded_name: id, searched_name: id }
    const row = { user_id: 'alice', parent_id: 0, ...names }
    await transaction.insertInto('folder').values(row).execute()
    await tasks.finish(id, { state: 'completed', progress: 100 }, unitOf(transaction))
  })
}

async function listed({ databases: [database] }: TestServers): Promise<string[]> {
  const rows = await database.selectFrom('folder').select('name').execute()
  return rows.map(({ name }) => name)
}

const reading: ProgressReading = {
  ...{ stage: 'downloading', percent: 50.7, bytes: 507, totalBytes: 1000 },
  ...{ part: null, bytesPerSecond: 100, title: 'Harbour' },
}

test('what a server lost is taken over, and when that wakes late it can neither list nor end it', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [lost, other] = [tasksOf(here, 'lost'), tasksOf(there, 'other')]
  await lost.add(importTask('a', 'alice', 'key'))
  const late = await lost.claim('a')
  expect(await other.claimNext()).toBeNull()
  await endLeases(servers)
  const claim = await other.claimNext()
  expect(claim).toMatchObject({ task: { id: 'a' }, hasWaited: true })

  await expect(list(here, lost, 'a')).rejects.toThrow('taken this import over')
  expect(late?.cancelled.aborted).toBe(true)
  await lost.finish('a', { state: 'failed', error: { code: 'bad_link', message: 'Late.' } })
  await lost.release('a')
  expect(await listed(servers)).toEqual([])
  expect((await other.find('a'))?.task).toMatchObject({ state: 'running', error: null })

  await list(there, other, 'a')
  await other.release('a')
  expect(await listed(servers)).toEqual(['a'])
  expect((await lost.find('a'))?.task.state).toBe('completed')
})

test('cancelling from any server tells the worker within two seconds, and nothing is listed', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [worker, other] = [tasksOf(here, 'worker'), tasksOf(there, 'other')]
  await worker.add(importTask('a', 'alice', 'key'))
  const claim = await worker.claim('a')
  await worker.progress('a', reading)
  // It goes with the beats.
  await expect.poll(async () => (await other.find('a'))?.reading).toEqual(reading)
  await other.cancel('a')
  if (claim?.cancelled.aborted === false) await once(claim.cancelled, 'abort')
  await expect(list(here, worker, 'a')).rejects.toThrow()
  await worker.release('a')
  expect(await listed(servers)).toEqual([])
  expect((await worker.find('a'))?.task).toMatchObject({
    ...{ state: 'cancelled', progress: 50, title: 'Harbour' },
  })
  expect(await other.claimNext()).toBeNull()
})

test('whoever has the fewest that are worked on, on whatever server, goes first', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [one, other] = [tasksOf(here, 'one'), tasksOf(there, 'other')]
  for (const id of ['a1', 'a2', 'a3']) await one.add(importTask(id, 'alice', 'key'))
  await one.add(importTask('b1', 'bob', 'key'))
  await passOwnTime(servers)
  const order: (string | undefined)[] = []
  for (const server of [one, other, one, other, one]) {
    order.push((await server.claimNext())?.task.id)
  }
  expect(order).toEqual(['a1', 'b1', 'a2', 'a3', undefined])
  for (const server of [one, other]) {
    for (const id of ['a1', 'a2', 'a3', 'b1']) await server.release(id)
  }
})

test('what a server holds open is left to it for a while, and what it gives back is not', async () => {
  await using servers = await openTestServers()
  const [here, there] = servers.databases
  const [own, other] = [tasksOf(here, 'own'), tasksOf(there, 'other')]
  await own.add(importTask('a', 'alice', 'key'))
  expect(await other.claimNext()).toBeNull()
  expect(await own.claimNext()).toMatchObject({ task: { id: 'a' }, hasWaited: false })
  await own.release('a')
  expect(await other.claimNext()).toMatchObject({ task: { id: 'a' } })
  await other.release('a')
})

test('a task fails after five servers that ended while they worked on it, and not after those that gave it back', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  const first = tasksOf(database, 'first')
  await first.add(importTask('a', 'alice', 'key'))
  for (let times = 0; times < 6; times += 1) {
    expect(await first.claim('a')).not.toBeNull()
    await first.release('a')
  }
  for (let server = 0; server < 5; server += 1) {
    expect(await tasksOf(database, `server ${server}`).claimNext()).not.toBeNull()
    await endLeases(servers)
  }
  const last = tasksOf(database, 'last')
  expect(await last.claimNext()).toBeNull()
  expect((await last.find('a'))?.task).toMatchObject({
    state: 'failed',
    error: { code: 'server_error', message: expect.stringContaining('5 times') },
  })
})

test('what the database failed is tried again in a while, and what a full disk failed is not', async () => {
  await using servers = await openTestServers()
  const [database, other] = servers.databases
  const tasks = tasksOf(database, 'one')
  await tasks.add(importTask('a', 'alice', 'key'))
  await tasks.claim('a')
  const full = Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
  expect(tasks.triesAgain('a', full)).toBe(false)
  const ended = await sql`select pg_terminate_backend(pg_backend_pid())`
    .execute(other)
    .catch((error: unknown) => error)
  expect(tasks.triesAgain('a', storageUnavailable(ended))).toBe(true)
  expect(tasks.triesAgain('a', new LockLost())).toBe(true)
  await tasks.release('a')
  expect(await tasks.claimNext()).toBeNull()
  await endLeases(servers)
  expect(await tasks.claimNext()).toMatchObject({ task: { id: 'a', state: 'running' } })
  const { rows } = await sql`select attempts from import_task`.execute(database)
  expect(rows).toEqual([{ attempts: 2 }])
  await tasks.release('a')
})

test('a server whose beats do not arrive for 20 seconds, or that was stopped for so long, ends its work by itself', async () => {
  await using servers = await openTestServers()
  const [database] = servers.databases
  let monotonic = 0
  const tasks = tasksOf(database, 'one', { now: Date.now, monotonic: () => monotonic })
  await tasks.add(importTask('a', 'alice', 'key'))
  const claim = await tasks.claim('a')
  await sql`alter table import_task rename to away`.execute(database)
  monotonic += 20_001
  if (claim?.cancelled.aborted === false) await once(claim.cancelled, 'abort')
  await sql`alter table away rename to import_task`.execute(database)
  await tasks.release('a')
})

test('three servers that take thirty tasks have each of them once', async () => {
  await using servers = await openTestServers()
  const all = servers.databases.map((database, index) => tasksOf(database, `server ${index}`))
  const [first] = all as [LeasedTasks]
  for (let id = 0; id < 30; id += 1) {
    await first.add({ ...importTask(`t${id}`, 'alice', 'key'), folder: '/' as FolderPath })
  }
  await passOwnTime(servers)
  const taken: string[] = []
  await Promise.all(
    all.flatMap((tasks, index) =>
      Array.from({ length: 4 }, async () => {
        for (let claim = await tasks.claimNext(); claim; claim = await tasks.claimNext()) {
          taken.push(claim.task.id)
          await list(servers.databases[index] as Database, tasks, claim.task.id)
          await tasks.release(claim.task.id)
        }
      }),
    ),
  )
  expect(new Set(taken).size).toBe(30)
  expect(taken).toHaveLength(30)
  expect((await listed(servers)).sort()).toEqual(taken.sort())
})
