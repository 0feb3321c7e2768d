import { expect, test } from 'vitest'
import { ApiError } from '#app/api/http/api-error.ts'
import { failureText, noteText } from '#app/features/imports/view/import-text.ts'
import {
  createTabs,
  importWorld,
  link,
  memoryStorage,
  options,
  runningWorld,
  started,
  status,
} from '#app/testing/import-world.ts'
import { settle } from '#app/testing/manual-clock.ts'

test('a job is stored before it is drawn, and its task too', async () => {
  const storage = memoryStorage()
  const { queue, connection, last, passTime } = importWorld({ storage })
  const seen: (string | null)[] = []
  queue.connect(connection())
  await passTime(200)
  queue.subscribe(() => {
    for (const { id, taskId } of queue.all()) {
      const stored = JSON.parse(storage.map.get(`barkeep.imports.key-1.${id}`) ?? 'null')
      expect(stored).toMatchObject({ link, taskId, options })
      seen.push(taskId)
    }
  })
  queue.add([{ link, options }])
  await passTime(200)
  await last().answer(started())
  await passTime(200)
  expect(seen).toEqual([null, 'task-1'])
})

test('after a reload running tasks are followed and a start without an answer is repeated', async () => {
  const storage = memoryStorage()
  const before = importWorld({ storage })
  before.queue.connect(before.connection())
  before.queue.add([
    { link, options },
    { link: 'https://b.example/', options },
  ])
  await before.calls[0]?.answer(started())
  before.calls[1]?.begin()

  const after = importWorld({ storage })
  after.queue.connect(after.connection())
  expect(after.states()).toEqual([`${link} running`, 'https://b.example/ waiting'])
  await after.passTime(0)
  expect(after.calls.map(({ path }) => path)).toEqual(['import', 'import/status'])
  expect(after.calls[0]?.idempotencyKey).toBe(before.calls[1]?.idempotencyKey)
})

test('what another page is still asking for is left to it, unless that page is gone', async () => {
  const storage = memoryStorage()
  const other = importWorld({ storage, tabId: 'tab-2' })
  other.queue.connect(other.connection())
  other.queue.add([{ link, options }])
  const openClaims = async () => ({ show: async () => {}, claim: async () => false })
  const copy = importWorld({ storage, openClaims, tabId: 'tab-3' })
  copy.queue.connect(copy.connection())
  await settle()
  expect(copy.calls).toEqual([])
  const later = importWorld({ storage, tabId: 'tab-4' })
  later.queue.connect(later.connection())
  await settle()
  expect(later.calls).toMatchObject([{ path: 'import' }])
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
  other.queue.add([{ link: 'https://b.example/', options }])
  expect(leader.states()).toEqual(['https://b.example/ waiting', `${link} running`])
  await other.last().answer(started('task-2'))
  await leader.passTime(3_000)
  expect(leader.last().query).toEqual({ task_id: 'task-2' })
  await leader.last().answer(status({ id: 'task-2', state: 'completed' }))
  expect(imported).toEqual([other.job('https://b.example/').id])
  leader.queue.removeFinished()
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

test('sentences that an older version stored are shown as they are, and are not lost', () => {
  const storage = memoryStorage()
  const stored = {
    ...{ id: 'old', link, options, tabId: 'tab-0', addedAt: 1_000_000, idempotencyKey: 'k' },
    ...{ taskId: 'task-1', percent: null, title: 'A film', fileLink: null, folder: null },
  }
  const name = (id: string) => `barkeep.imports.key-1.${id}`
  const failure = { reason: 'The site answered 404 (not found).', nextStep: '' }
  const done = { ...stored, id: 'done', state: 'done', note: 'No subtitles.', failure: null }
  storage.setItem(name('old'), JSON.stringify({ ...stored, state: 'failed', note: null, failure }))
  storage.setItem(name('done'), JSON.stringify(done))
  for (let reload = 0; reload < 2; reload += 1) {
    const { queue, connection } = importWorld({ storage })
    queue.connect(connection())
    const [failed, finished] = queue.all()
    expect(failed?.failure && failureText(failed.failure)).toEqual({
      reason: 'The site answered 404 (not found).',
      nextStep: 'Check the link, then retry.',
    })
    expect(finished?.note && noteText(finished.note)).toBe('No subtitles.')
    // Another key of the account stores them anew.
    queue.connect(connection({ keyId: 'key-2' }))
    queue.connect(connection())
  }
})

test('an older version finds nothing in what is stored that it cannot read', async () => {
  const storage = memoryStorage()
  const world = importWorld({ storage })
  world.queue.connect(world.connection())
  world.queue.add([{ link, options }])
  await world.last().fail(new ApiError({ code: 'invalid_request', status: 400, message: 'No.' }))
  const [text = ''] = storage.map.values()
  expect(JSON.parse(text)).toMatchObject({ state: 'failed', note: null, failure: null })
  const after = importWorld({ storage })
  after.queue.connect(after.connection())
  expect(after.job()).toEqual(world.job())
})
