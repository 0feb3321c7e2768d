import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/api-error.ts'
import type { ApiClient } from '#app/api/client.ts'
import type { PollingLeader } from '#app/api/tabs/polling-leader.ts'
import { settle, timeInHand } from '#app/lib/time-in-hand.ts'
import type { ImportOptions } from './import-job.ts'
import { createImportQueue, type ImportNews, type ImportQueueParts } from './import-queue.ts'

type Call = {
  path: string
  lane: string
  query: Record<string, unknown>
  body: Record<string, unknown>
  idempotencyKey: string | undefined
  signal: AbortSignal | undefined
  /** The gate lets it through. */
  begin(): void
  answer(reply: unknown): Promise<void>
  fail(error: unknown): Promise<void>
}

const options: ImportOptions = {
  type: 'auto',
  quality: 'best',
  subtitles: false,
  thumbnail: false,
  folder: '/Films/',
  fileName: '',
}

function memoryStorage() {
  const map = new Map<string, string>()
  return {
    map,
    get length() {
      return map.size
    },
    key: (index: number) => [...map.keys()][index] ?? null,
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, value: string) => void map.set(name, value),
    removeItem: (name: string) => void map.delete(name),
  }
}

/** Tabs of one browser: what one publishes the others hear. */
function createTabs() {
  const listeners = new Set<(news: ImportNews) => void>()
  return (isLeader: boolean): PollingLeader<ImportNews> => {
    let own: ((news: ImportNews) => void) | null = null
    return {
      isLeader: () => isLeader,
      onChange: () => () => {},
      publish(news) {
        for (const listener of listeners) if (listener !== own) listener(news)
      },
      subscribe(listener) {
        own = listener
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      close() {
        if (own) listeners.delete(own)
      },
    }
  }
}

/** A queue whose time, server, storage and tabs are in the test's hand. */
function importWorld(parts: ImportQueueParts = {}) {
  const { clock, retryPause, pauses, passTime } = timeInHand()
  const calls: Call[] = []
  const wakeUps = new Set<() => void>()
  const call = ((endpoint, request) =>
    new Promise((resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason))
      calls.push({
        path: endpoint.path.replace('/api/v1/', ''),
        lane: request.lane,
        query: (request.query ?? {}) as Record<string, unknown>,
        body: (request.body ?? {}) as Record<string, unknown>,
        idempotencyKey: request.idempotencyKey,
        signal: request.signal,
        begin: () => request.onStart?.(),
        async answer(reply) {
          request.onStart?.()
          resolve(endpoint.reply.parse(reply) as never)
          await settle()
        },
        async fail(error) {
          reject(error)
          await settle()
        },
      })
    })) as ApiClient['call']
  const client: ApiClient = { call, sendFile: () => Promise.reject(new Error('Not here.')) }
  const joinTabs = createTabs()
  const queue = createImportQueue({
    clock,
    wallClock: () => 1_000_000 + clock.now(),
    storage: null,
    tabId: 'tab-1',
    isHidden: () => false,
    createLeader: () => joinTabs(true),
    watchWakeUps(onWakeUp) {
      wakeUps.add(onWakeUp)
      return () => wakeUps.delete(onWakeUp)
    },
    retryPause,
    ...parts,
  })
  const connection = (change = {}) => ({
    account: 'alice',
    keyId: 'key-1',
    canImport: true,
    client,
    ...change,
  })
  return {
    queue,
    calls,
    pauses,
    passTime,
    connection,
    wakeUp: () => {
      for (const onWakeUp of wakeUps) onWakeUp()
    },
    states: () => queue.getSnapshot().jobs.map(({ link, state }) => `${link} ${state}`),
    job: (link = 'https://a.example/') => {
      const found = queue.getSnapshot().jobs.find((job) => job.link === link)
      if (!found) throw new Error(`No import of ${link}.`)
      return found
    },
    last: () => {
      const found = calls.at(-1)
      if (!found) throw new Error('Nothing was asked.')
      return found
    },
  }
}

const link = 'https://a.example/'
const started = (task_id = 'task-1') => ({ status: 'ok', type: 'video', task_id })
const status = (task: object) => ({
  status: 'ok',
  task: { id: 'task-1', type: 'video', state: 'running', progress: '', ...task },
})

async function runningWorld(parts: ImportQueueParts = {}) {
  const world = importWorld(parts)
  world.queue.connect(world.connection())
  world.queue.start([link], options)
  await world.last().answer(started())
  return world
}

test('a task that was asked for is followed to its end', async () => {
  const imported: unknown[] = []
  const world = await runningWorld({ onImported: (job) => imported.push(job.folder) })
  expect(world.job()).toMatchObject({ state: 'running', taskId: 'task-1', percent: null })
  await world.passTime(0)
  expect(world.last()).toMatchObject({
    path: 'import/status',
    lane: 'polling',
    query: { task_id: 'task-1' },
  })
  await world.last().answer(status({ progress: '42%', title: 'A film' }))
  expect(world.job()).toMatchObject({ state: 'running', percent: 42, title: 'A film' })
  await world.passTime(3_000)
  await world.last().answer(status({ state: 'completed', folder: '/A film/' }))
  expect(world.job()).toMatchObject({ state: 'done', percent: 100, folder: '/A film/' })
  expect(imported).toEqual(['/A film/'])
  const asked = world.calls.length
  await world.passTime(600_000)
  expect(world.calls).toHaveLength(asked)
})

test.each([
  ['a file', { type: 'file', fileName: 'a.txt' }, { path: '/Films/', filename: 'a.txt' }],
  [
    'a video',
    { type: 'video', quality: '720', subtitles: true },
    { video: { quality: '720', subtitles: true, thumbnail: false } },
  ],
  [
    'either',
    {},
    { path: '/Films/', video: { quality: 'best', subtitles: false, thumbnail: false } },
  ],
] as const)('for %s only what applies is sent', (_case, change, body) => {
  const world = importWorld()
  world.queue.connect(world.connection())
  const wanted = { ...options, ...change }
  world.queue.start([link], wanted)
  expect(world.last().body).toEqual({ url: link, type: wanted.type, ...body })
})

test('a job is stored before it is drawn, and its task too', async () => {
  const storage = memoryStorage()
  const { queue, connection, last } = importWorld({ storage })
  const seen: (string | null)[] = []
  queue.connect(connection())
  queue.subscribe(() => {
    for (const { id, taskId } of queue.getSnapshot().jobs) {
      const stored = JSON.parse(storage.map.get(`barkeep.imports.key-1.${id}`) ?? 'null')
      expect(stored).toMatchObject({ link, taskId, options })
      seen.push(taskId)
    }
  })
  queue.start([link], options)
  await last().answer(started())
  expect(seen).toEqual([null, 'task-1'])
})

test('after a reload running tasks are followed and a start without an answer is repeated', async () => {
  const storage = memoryStorage()
  const before = importWorld({ storage })
  before.queue.connect(before.connection())
  before.queue.start([link, 'https://b.example/'], options)
  await before.calls[0]?.answer(started())
  before.calls[1]?.begin()

  const after = importWorld({ storage })
  after.queue.connect(after.connection())
  expect(after.states()).toEqual([`${link} running`, 'https://b.example/ waiting'])
  await after.passTime(0)
  expect(after.calls.map(({ path }) => path)).toEqual(['import', 'import/status'])
  expect(after.calls[0]?.idempotencyKey).toBe(before.calls[1]?.idempotencyKey)
})

test('what another tab is still asking for is left to it, unless that tab is long gone', () => {
  const storage = memoryStorage()
  const other = importWorld({ storage, tabId: 'tab-2' })
  other.queue.connect(other.connection())
  other.queue.start([link], options)
  const soon = importWorld({ storage })
  soon.queue.connect(soon.connection())
  expect(soon.calls).toEqual([])
  const late = importWorld({ storage, wallClock: () => 1_000_000 + 301_000 })
  late.queue.connect(late.connection())
  expect(late.calls).toMatchObject([{ path: 'import' }])
})

test('an unclear start is tried again under one idempotency key', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.start([link], options)
  await world.last().fail(new ConnectionError('Gone.'))
  expect(world.job()).toMatchObject({ state: 'waiting', note: 'No connection. Trying again soon.' })
  await world.pauses[0]?.()
  await world.last().answer(started())
  expect(world.job()).toMatchObject({ state: 'running', note: null })
  expect(world.calls[0]?.idempotencyKey).toBeTruthy()
  expect(world.calls[1]?.idempotencyKey).toBe(world.calls[0]?.idempotencyKey)
})

test('a refused link fails with the rule that it breaks, and a retry is a new task', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.start([link], options)
  await world
    .last()
    .fail(
      new ApiError({ code: 'invalid_request', status: 400, message: 'That address is private.' }),
    )
  expect(world.job()).toMatchObject({
    state: 'failed',
    failure: { reason: 'That address is private.' },
  })
  world.queue.retry(world.job().id)
  expect(world.job()).toMatchObject({ state: 'waiting', failure: null, options })
  expect(world.calls).toHaveLength(2)
  expect(world.calls[1]?.idempotencyKey).not.toBe(world.calls[0]?.idempotencyKey)
})

test('all tasks together are asked for once in three seconds, each in its turn', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  const links = ['1', '2', '3'].map((name) => `https://a.example/${name}`)
  world.queue.start(links, options)
  for (const [index, call] of [...world.calls].entries())
    await call.answer(started(`task-${index}`))
  const asked: unknown[] = []
  for (let second = 0; second < 60; second += 1) {
    await world.passTime(second === 0 ? 0 : 1_000)
    if (world.last().path === 'import/status' && asked.length < world.calls.length - 3) {
      asked.push(world.last().query.task_id)
      await world.last().answer(status({ progress: `${second}%` }))
    }
  }
  expect(asked).toHaveLength(20)
  expect(asked.slice(0, 6)).toEqual(['task-0', 'task-1', 'task-2', 'task-0', 'task-1', 'task-2'])
})

test('a hidden page asks a third as often', async () => {
  let isHidden = true
  const world = await runningWorld({ isHidden: () => isHidden })
  await world.passTime(0)
  await world.last().answer(status({}))
  await world.passTime(8_999)
  expect(world.calls).toHaveLength(2)
  isHidden = false
  world.wakeUp()
  await world.passTime(0)
  expect(world.calls).toHaveLength(3)
})

test('an hour of sleep is followed by one request, not by twelve hundred', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().answer(status({}))
  await world.passTime(3_600_000)
  world.wakeUp()
  world.wakeUp()
  await world.passTime(0)
  expect(world.calls).toHaveLength(3)
})

test('while the server does not answer, the pauses grow; back online it is asked at once', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  for (const pause of [3_000, 4_000, 8_000]) {
    const asked = world.calls.length
    await world.last().fail(new ConnectionError('Gone.'))
    await world.passTime(pause - 1)
    expect(world.calls).toHaveLength(asked)
    await world.passTime(1)
    expect(world.calls).toHaveLength(asked + 1)
  }
  await world.last().fail(new ConnectionError('Gone.'))
  await world.passTime(3_000)
  const asked = world.calls.length
  world.wakeUp()
  await world.passTime(0)
  expect(world.calls).toHaveLength(asked + 1)
  expect(world.job().state).toBe('running')
})

test('a task that the server no longer knows has failed', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().fail(new ApiError({ code: 'not_found', status: 404, message: 'No.' }))
  expect(world.job()).toMatchObject({
    state: 'failed',
    failure: { reason: 'The server no longer knows this import.' },
  })
})

test.each([
  ['queued', '', 'running', null],
  ['merging', '99.5%', 'running', 99.5],
  ['running', 'soon', 'running', null],
  ['running', '1e9%', 'running', 100],
  ['running', '-3%', 'running', 0],
  ['cancelled', '', 'cancelled', null],
])('the state %s with progress "%s" reads as %s', async (state, progress, read, percent) => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().answer(status({ state, progress }))
  expect(world.job()).toMatchObject({ state: read, percent })
})

test('a finished file is linked only by http and https', async () => {
  for (const [given, kept] of [
    ['javascript:alert(1)', null],
    ['https://s.example/share/1/a.txt', 'https://s.example/share/1/a.txt'],
  ]) {
    const world = await runningWorld()
    await world.passTime(0)
    await world.last().answer(status({ state: 'completed', link: given }))
    expect(world.job()).toMatchObject({ state: 'done', fileLink: kept, folder: '/Films/' })
  }
})

test('a failed task gives its reason', async () => {
  const world = await runningWorld()
  await world.passTime(0)
  await world.last().answer(status({ state: 'failed', error: 'The site answered 404.' }))
  expect(world.job()).toMatchObject({
    state: 'failed',
    failure: { reason: 'The site answered 404.' },
  })
})

test('cancelling a task says how it ended', async () => {
  for (const [state, read] of [
    ['cancelled', 'cancelled'],
    ['running', 'cancelled'],
    ['completed', 'done'],
  ]) {
    const world = await runningWorld()
    void world.queue.cancel(world.job().id)
    expect(world.last()).toMatchObject({ path: 'import/cancel', body: { task_id: 'task-1' } })
    await world.last().answer({ status: 'ok' })
    await world.last().answer(status({ state }))
    expect(world.job()).toMatchObject({ state: read, note: null })
  }
})

test('a start that is still held back is taken out of the line', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.start([link], options)
  void world.queue.cancel(world.job().id)
  await settle()
  expect(world.last().signal?.aborted).toBe(true)
  expect(world.job()).toMatchObject({ state: 'cancelled', failure: null })
  expect(world.calls).toHaveLength(1)
})

test('a task whose start was on its way when it was cancelled does not run on unseen', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.start([link], options)
  world.last().begin()
  void world.queue.cancel(world.job().id)
  expect(world.last().signal?.aborted).toBe(false)
  await world.last().answer(started())
  expect(world.last()).toMatchObject({ path: 'import/cancel', body: { task_id: 'task-1' } })
  expect(world.job().state).toBe('cancelled')
})

test('a refused key stops the questions, and the same account goes on where it was', async () => {
  const world = await runningWorld()
  world.queue.start(['https://b.example/'], options)
  const key = world.last().idempotencyKey
  await world.last().fail(new ApiError({ code: 'expired_key', status: 401, message: 'No.' }))
  world.queue.connect(null)
  await world.passTime(60_000)
  expect(world.states()).toEqual(['https://b.example/ waiting', `${link} running`])
  const asked = world.calls.length
  world.queue.connect(world.connection({ keyId: 'key-2' }))
  await world.passTime(0)
  const next = world.calls.slice(asked)
  expect(next.map(({ path }) => path)).toEqual(['import', 'import/status'])
  expect(next[0]?.idempotencyKey).toBe(key)
})

test('a key without the scope asks for nothing, and its tasks stay', async () => {
  const world = await runningWorld()
  world.queue.start(['https://b.example/'], options)
  world.queue.connect(null)
  const asked = world.calls.length
  world.queue.connect(world.connection({ keyId: 'key-2', canImport: false }))
  await world.passTime(60_000)
  expect(world.calls).toHaveLength(asked)
  expect(world.states()).toEqual(['https://b.example/ waiting', `${link} running`])
})

test('another account sees nothing, and the first finds its tasks again', async () => {
  const storage = memoryStorage()
  const world = await runningWorld({ storage })
  world.queue.reset()
  expect(world.states()).toEqual([])
  world.queue.connect(world.connection({ account: 'bob', keyId: 'key-9' }))
  expect(world.states()).toEqual([])
  world.queue.connect(world.connection())
  expect(world.states()).toEqual([`${link} running`])
})

test('one tab asks, the other sees what it learns and can cancel', async () => {
  const storage = memoryStorage()
  const joinTabs = createTabs()
  const leader = await runningWorld({ storage, createLeader: () => joinTabs(true) })
  const imported: string[] = []
  const other = importWorld({
    storage,
    tabId: 'tab-2',
    createLeader: () => joinTabs(false),
    onImported: (job) => imported.push(job.id),
  })
  other.queue.connect(other.connection())
  await leader.passTime(0)
  await other.passTime(60_000)
  expect(other.calls).toEqual([])
  await leader.last().answer(status({ progress: '7%' }))
  expect(other.job().percent).toBe(7)
  other.queue.start(['https://b.example/'], options)
  expect(leader.states()).toEqual(['https://b.example/ waiting', `${link} running`])
  await other.last().answer(started('task-2'))
  await leader.passTime(3_000)
  expect(leader.last().query).toEqual({ task_id: 'task-2' })
  await leader.last().answer(status({ id: 'task-2', state: 'completed' }))
  expect(imported).toEqual([other.job('https://b.example/').id])
  leader.queue.clearFinished()
  expect(other.states()).toEqual([`${link} running`])
})

test('stored nonsense is no import, and what ended a week ago is gone', async () => {
  const storage = memoryStorage()
  const before = await runningWorld({ storage })
  await before.passTime(0)
  await before.last().answer(status({ state: 'completed' }))
  storage.map.set('barkeep.imports.key-1.x', '{"id":')
  storage.map.set('barkeep.imports.key-1.y', '{"id":"y"}')
  storage.map.set('somebody.else', 'keeps this')
  const week = 7 * 86_400_000
  const soon = importWorld({ storage, wallClock: () => 1_000_000 + week - 1 })
  soon.queue.connect(soon.connection())
  expect(soon.states()).toEqual([`${link} done`])
  const late = importWorld({ storage, wallClock: () => 1_000_000 + week })
  late.queue.connect(late.connection())
  expect(late.states()).toEqual([])
  expect([...storage.map.keys()]).toEqual(['somebody.else'])
})

test('a full storage loses nothing that is on the screen', async () => {
  const storage = memoryStorage()
  storage.setItem = () => {
    throw new DOMException('Full.', 'QuotaExceededError')
  }
  const world = await runningWorld({ storage })
  expect(world.states()).toEqual([`${link} running`])
})
