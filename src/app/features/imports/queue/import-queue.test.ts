import { expect, test } from 'vitest'
import { ApiError, ConnectionError } from '#app/api/http/api-error.ts'
import {
  importWorld,
  link,
  memoryStorage,
  options,
  runningWorld,
  started,
  status,
} from '#app/testing/import-world.ts'
import { settle } from '#app/testing/manual-clock.ts'

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
  world.queue.add([{ link, options: wanted }])
  expect(world.last().body).toEqual({ url: link, type: wanted.type, ...body })
})

test('an unclear start is tried again under one idempotency key', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  await world.last().fail(new ConnectionError('Gone.'))
  expect(world.job()).toMatchObject({ state: 'waiting', note: { code: 'no_connection' } })
  await world.pauses[0]?.()
  await world.last().answer(started())
  expect(world.job()).toMatchObject({ state: 'running', note: null })
  expect(world.calls[0]?.idempotencyKey).toBeTruthy()
  expect(world.calls[1]?.idempotencyKey).toBe(world.calls[0]?.idempotencyKey)
})

test('a refused link fails with the rule that it breaks, and a retry is a new task', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  await world
    .last()
    .fail(
      new ApiError({ code: 'invalid_request', status: 400, message: 'That address is private.' }),
    )
  expect(world.job()).toMatchObject({
    state: 'failed',
    failure: { code: 'refused', error: { message: 'That address is private.' } },
  })
  world.queue.retry(world.job().id)
  expect(world.job()).toMatchObject({ state: 'waiting', failure: null, options })
  expect(world.calls).toHaveLength(2)
  expect(world.calls[1]?.idempotencyKey).not.toBe(world.calls[0]?.idempotencyKey)
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
    failure: { code: 'task_failed', reason: 'The site answered 404.' },
  })
})

test('a proxy’s page says nothing about a task', async () => {
  const { job, last, passTime } = await runningWorld()
  for (const status of [400, 401, 403, 404]) {
    await passTime(60_000)
    await last().fail(new ApiError({ code: 'foreign_answer', status, message: '' }))
    expect(job().state).toBe('running')
  }
})

test('cancelling a task says how it ended', async () => {
  for (const [state, read] of [
    ['cancelled', 'cancelled'],
    ['completed', 'done'],
  ]) {
    const world = await runningWorld()
    world.queue.abort(world.job().id)
    expect(world.last()).toMatchObject({ path: 'import/cancel', body: { task_id: 'task-1' } })
    await world.last().answer({ status: 'ok' })
    await world.last().answer(status({ state }))
    expect(world.job()).toMatchObject({ state: read, note: null })
  }
})

test('a start that is still held back is taken out of the line', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  world.queue.abort(world.job().id)
  await settle()
  expect(world.last().signal?.aborted).toBe(true)
  expect(world.job()).toMatchObject({ state: 'cancelled', failure: null })
  expect(world.calls).toHaveLength(1)
})

test('a task whose start was on its way when it was cancelled does not run on unseen', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  world.last().begin()
  world.queue.abort(world.job().id)
  expect(world.last().signal?.aborted).toBe(false)
  await world.last().answer(started())
  expect(world.last()).toMatchObject({ path: 'import/cancel', body: { task_id: 'task-1' } })
  expect(world.job().state).toBe('cancelled')
  await world.last().answer({ status: 'ok' })
  // It was quicker than the wish: the row says what is true.
  await world.last().answer(status({ state: 'completed' }))
  expect(world.job().state).toBe('done')
})

test('a retry while the cancelled start is on its way asks for a task of its own', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  const [first] = world.calls
  first?.begin()
  world.queue.abort(world.job().id)
  world.queue.retry(world.job().id)
  await settle()
  expect(world.calls).toHaveLength(2)
  await first?.answer(started('task-0'))
  expect(world.last()).toMatchObject({ path: 'import/cancel', body: { task_id: 'task-0' } })
  expect(world.job()).toMatchObject({ state: 'waiting', taskId: null })
  await world.calls[1]?.answer(started('task-1'))
  expect(world.job()).toMatchObject({ state: 'running', taskId: 'task-1' })
})

test('a task that runs on after it was cancelled is followed, not called cancelled', async () => {
  const world = await runningWorld()
  world.queue.abort(world.job().id)
  await world.last().answer({ status: 'ok' })
  await world.last().answer(status({ state: 'running' }))
  expect(world.job()).toMatchObject({ state: 'running', note: { code: 'aborting' } })
  await world.passTime(3_000)
  await world.last().answer(status({ state: 'cancelled' }))
  expect(world.job()).toMatchObject({ state: 'cancelled', note: null })
})

test('what failed is tried again, or taken off, all at once', async () => {
  const world = importWorld()
  world.queue.connect(world.connection())
  world.queue.add([
    { link, options },
    { link: 'https://b.example/', options },
  ])
  for (const call of [...world.calls])
    await call.fail(new ApiError({ code: 'x', status: 400, message: '' }))
  expect(world.queue.getSnapshot().totals.failed).toBe(2)
  world.queue.retryFailed()
  expect(world.states()).toEqual([`${link} waiting`, 'https://b.example/ waiting'])
  for (const call of world.calls.slice(2))
    await call.fail(new ApiError({ code: 'x', status: 400, message: '' }))
  world.queue.removeFailed()
  expect(world.states()).toEqual([])
})

test('a browser without room for imports is told of', async () => {
  const full = {
    ...memoryStorage(),
    setItem: () => {
      throw new Error('QuotaExceededError')
    },
  }
  const world = importWorld({ storage: full })
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  expect(world.queue.getSnapshot().isKept).toBe(false)
  expect(world.states()).toEqual([`${link} waiting`])
})

test('a refused key stops the questions, and the same account goes on where it was', async () => {
  const world = await runningWorld()
  world.queue.add([{ link: 'https://b.example/', options }])
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
  world.queue.add([{ link: 'https://b.example/', options }])
  world.queue.connect(null)
  const asked = world.calls.length
  world.queue.connect(world.connection({ keyId: 'key-2', isAllowed: false }))
  await world.passTime(60_000)
  expect(world.calls).toHaveLength(asked)
  expect(world.states()).toEqual(['https://b.example/ waiting', `${link} running`])
})
