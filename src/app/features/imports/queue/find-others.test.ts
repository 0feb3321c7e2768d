import { expect, test } from 'vitest'
import {
  createTabs,
  importWorld,
  link,
  memoryStorage,
  options,
  started,
  status,
} from '#app/testing/import-world.ts'

const listed = (id: string, change: object = {}) => ({
  ...{ id, type: 'file', state: 'running', progress: '12%', stage: 'downloading' },
  created_at: '1970-01-01T00:16:40+00:00',
  request: { url: `https://b.example/${id}`, type: 'file', path: '/Films/', filename: 'x.bin' },
  ...change,
})

const page = (imports: object[], change: object = {}) => ({
  ...{ status: 'ok', imports, limit: 100, next_offset: imports.length, has_more: false, ...change },
})

function listingWorld(change: Parameters<typeof importWorld>[0] = {}) {
  const world = importWorld({ storage: memoryStorage(), ...change })
  const connect = async () => {
    world.queue.connect(world.connection({ listsImports: async () => true }))
    void world.queue.look()
    await settleLook(world)
  }
  return { ...world, connect }
}

/** Waits for the code that is loaded with the first look. */
async function settleLook(world: Pick<ReturnType<typeof importWorld>, 'calls' | 'passTime'>) {
  const before = world.calls.length
  await expect.poll(() => world.calls.length, { timeout: 10_000 }).toBeGreaterThan(before)
}

test('who connects and opens no list of imports is asked for nothing', async () => {
  const world = listingWorld()
  world.queue.connect(world.connection({ listsImports: async () => true }))
  await world.passTime(60_000)
  expect(world.calls).toEqual([])
})

test('what another browser started has a row here, is polled, and can be retried with the same options', async () => {
  const world = listingWorld()
  await world.connect()
  expect(world.last()).toMatchObject({ path: 'imports', query: { offset: 0, limit: 100 } })
  await world.last().answer(page([listed('t-1'), listed('t-2', { state: 'failed', error: 'No.' })]))
  expect(world.states()).toEqual(['https://b.example/t-1 running', 'https://b.example/t-2 failed'])
  await world.passTime(0)
  expect(world.last()).toMatchObject({ path: 'import/status', query: { task_id: 't-1' } })
  world.queue.retry(world.job('https://b.example/t-2').id)
  await world.passTime(0)
  expect(world.last()).toMatchObject({
    path: 'import',
    body: { url: 'https://b.example/t-2', type: 'file', path: '/Films/', filename: 'x.bin' },
  })
})

test('one request asks for all that run, where the server lists imports', async () => {
  const world = listingWorld()
  await world.connect()
  await world.last().answer(page([1, 2, 3].map((number) => listed(`t-${number}`))))
  await world.passTime(0)
  expect(world.last()).toMatchObject({ path: 'imports', query: { task_ids: 't-1,t-2,t-3' } })
  await world
    .last()
    .answer(page([listed('t-1', { progress: '50%' }), listed('t-3', { state: 'completed' })]))
  expect(world.states()).toEqual([
    ...['https://b.example/t-1 running', 'https://b.example/t-2 failed'],
    'https://b.example/t-3 done',
  ])
  expect(world.job('https://b.example/t-1').percent).toBe(50)
  expect(world.job('https://b.example/t-2').failure).toEqual({ code: 'unknown_task' })
  const asked = world.calls.length
  await world.passTime(2_999)
  expect(world.calls).toHaveLength(asked)
})

test('own imports are not doubled, neither those that wait for their task nor those that have it', async () => {
  const world = listingWorld()
  await world.connect()
  world.queue.add([{ link, options }])
  const start = world.calls.find(({ path }) => path === 'import')
  const look = world.calls.find(({ path }) => path === 'imports')
  const own = listed('task-1', { request: { url: link, type: 'auto' } })
  await look?.answer(page([own]))
  expect(world.states()).toEqual([`${link} waiting`])
  await start?.answer(started('task-1'))
  await world.passTime(15_000)
  const asked = world.calls.length
  void world.queue.look()
  await expect.poll(() => world.calls.length).toBeGreaterThan(asked)
  await world.calls.findLast(({ path }) => path === 'imports')?.answer(page([own]))
  expect(world.states()).toEqual([`${link} running`])
})

test('what was taken off the list, or retried in its row, does not come back, after a reload neither', async () => {
  const storage = memoryStorage()
  const world = listingWorld({ storage })
  await world.connect()
  const ended = [listed('t-1', { state: 'completed' }), listed('t-2', { state: 'failed' })]
  await world.last().answer(page(ended))
  world.queue.retry(world.job('https://b.example/t-2').id)
  world.queue.removeFinished()
  expect(world.states()).toEqual(['https://b.example/t-2 waiting'])
  world.queue.connect(null)
  const reloaded = listingWorld({ storage, tabId: 'tab-2' })
  await reloaded.connect()
  await reloaded.calls.find(({ path }) => path === 'imports')?.answer(page(ended))
  expect(reloaded.queue.all().map(({ state }) => state)).toEqual(['waiting'])
})

test('pages are read on as far as tasks run, and the newest row is on top whoever started it', async () => {
  const world = listingWorld()
  await world.connect()
  const at = (second: number) => `1970-01-01T00:16:${String(second).padStart(2, '0')}+00:00`
  await world
    .last()
    .answer(page([listed('t-3', { created_at: at(50) })], { has_more: true, next_offset: 1 }))
  await expect.poll(() => world.last().query).toEqual({ offset: 1, limit: 100 })
  await world.last().answer(
    page([listed('t-2', { state: 'completed', created_at: at(9) })], {
      has_more: true,
      next_offset: 2,
    }),
  )
  expect(world.states()).toEqual(['https://b.example/t-3 running', 'https://b.example/t-2 done'])
  // Now, by this clock: 1,000 s after the epoch.
  world.queue.add([{ link, options }])
  expect(world.states()[0]).toBe(`${link} waiting`)
})

test('two tabs that look at the same time have one row for a task', async () => {
  const storage = memoryStorage()
  const join = createTabs()
  const first = listingWorld({ storage, createLeader: () => join(true) })
  const second = listingWorld({ storage, tabId: 'tab-2', createLeader: () => join(false) })
  await first.connect()
  await second.connect()
  await first.last().answer(page([listed('t-1')]))
  await second.calls.find(({ path }) => path === 'imports')?.answer(page([listed('t-1')]))
  expect(first.states()).toEqual(['https://b.example/t-1 running'])
  expect(second.states()).toEqual(['https://b.example/t-1 running'])
})

test('the list is asked for once when it is opened again and again, and never where the server has none', async () => {
  const world = listingWorld()
  await world.connect()
  await world.last().answer(page([]))
  await world.queue.look()
  await world.queue.look()
  expect(world.calls).toHaveLength(1)
  const without = importWorld()
  without.queue.connect(without.connection())
  await without.queue.look()
  expect(without.calls).toEqual([])
})

test('stages of a running task are in its row until it ends', async () => {
  const world = listingWorld()
  await world.connect()
  await world.last().answer(page([listed('t-1')]))
  await world.passTime(0)
  await world.last().answer(
    status({
      ...{ id: 't-1', stage: 'downloading', part: 2, parts: 3, bytes: 100, total_bytes: 400 },
      ...{ bytes_per_second: 50, seconds_left: 6, progress: '25%' },
    }),
  )
  expect(world.job('https://b.example/t-1').progress).toEqual({
    ...{ stage: 'downloading', part: { number: 2, of: 3 }, bytes: 100, totalBytes: 400 },
    ...{ bytesPerSecond: 50, secondsLeft: 6 },
  })
  await world.passTime(3_000)
  await world.last().answer(status({ id: 't-1', state: 'completed' }))
  expect(world.job('https://b.example/t-1').progress).toBeNull()
})
