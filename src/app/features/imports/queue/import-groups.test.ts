import { expect, test } from 'vitest'
import type { ImportJob, ImportOptions } from '#app/features/imports/queue/import-job.ts'
import type { TransferGroup } from '#app/lib/transfers/row-sections.ts'
import {
  createTabs,
  importWorld,
  memoryStorage,
  options,
  runningWorld,
} from '#app/testing/import-world.ts'

const talks = { title: 'Talks', folder: '/Films/Talks/', prefix: '' }

function entries(amount: number, list: ImportOptions['list'] = talks, site = 'talks') {
  return Array.from({ length: amount }, (_, index) => ({
    link: `https://${site}.example/${index}`,
    options: { ...options, ...(list && { list }) },
  }))
}

function seen({ queue }: Pick<ReturnType<typeof importWorld>, 'queue'>): string[] {
  const found: (ImportJob | TransferGroup)[] = []
  for (let item = queue.at(0); item; item = queue.at(found.length)) found.push(item)
  return found.map((item) =>
    'isOpen' in item
      ? `${item.name} ${item.isOpen ? 'open' : 'closed'} ${item.sums.totals.all} ${item.state}`
      : item.link.replace('https://', ''),
  )
}

test('entries of one list are one group, also after a reload; another list or folder is another, a link alone is none', () => {
  const storage = memoryStorage()
  const world = importWorld({ storage })
  world.queue.connect(world.connection())
  world.queue.add([
    ...entries(1, undefined, 'alone').map(({ link }) => ({ link, options })),
    ...entries(13),
    ...entries(2, { ...talks, folder: '/Other/' }, 'other'),
    ...entries(2, { ...talks, title: 'Songs' }, 'songs'),
  ])
  world.queue.toggleGroup('/Other/\nTalks')
  expect(seen(world)).toEqual([
    'alone.example/0',
    'Talks open 13 waiting',
    ...entries(13).map(({ link }) => link.replace('https://', '')),
    'Talks closed 2 waiting',
    'Songs open 2 waiting',
    ...['songs.example/0', 'songs.example/1'],
  ])
  world.queue.abortAll('/Films/Talks/\nTalks')
  expect(world.queue.getSnapshot().totals).toMatchObject({ waiting: 5, cancelled: 13 })
  world.queue.connect(null)

  const reloaded = importWorld({ storage, tabId: 'tab-2' })
  reloaded.queue.connect(reloaded.connection())
  expect(seen(reloaded).filter((item) => !item.includes('.example'))).toEqual([
    ...['Talks open 13 cancelled', 'Talks open 2 waiting', 'Songs open 2 waiting'],
  ])
  expect(reloaded.queue.getSnapshot().items).toBe(1 + 14 + 3 + 3)
})

test('a retry stays in its group, and another tab has the same group', () => {
  const storage = memoryStorage()
  const join = createTabs()
  const world = importWorld({ storage, createLeader: () => join(true) })
  const other = importWorld({ storage, tabId: 'tab-2', createLeader: () => join(false) })
  for (const { queue, connection } of [world, other]) queue.connect(connection())
  world.queue.add(entries(2))
  world.queue.abort(world.job('https://talks.example/1').id)
  world.queue.retry(world.job('https://talks.example/1').id)
  expect(seen(world)[0]).toBe('Talks open 2 waiting')
  expect(seen(other)[0]).toBe('Talks open 2 waiting')
})

test('imports that others started are grouped by their folder, and leave groups open or closed as they were', async () => {
  let now = 1_000_000
  const wallClock = () => (now += 1_000)
  const world = await runningWorld({ storage: memoryStorage(), wallClock })
  world.queue.add([...entries(13), ...entries(13, { ...talks, title: 'Songs' }, 'songs')])
  world.queue.toggleGroup('/Films/Talks/\nTalks')
  world.queue.toggleGroup('/Films/Talks/\nSongs')
  const before = world.calls.length
  world.queue.connect(null)
  world.queue.connect(world.connection({ listsImports: async () => true }))
  void world.queue.look()
  await expect
    .poll(() => world.calls.slice(before).some(({ path }) => path === 'imports'))
    .toBe(true)
  const tasks = ['/Feeds/News/', '/Feeds/News/', '/'].map((folder, index) => ({
    ...{ id: `t-${index}`, type: 'video', state: 'running', progress: '0%' },
    created_at: '1970-01-01T00:00:09+00:00',
    request: {
      url: `https://f.example/${index}`,
      type: 'video',
      video: { quality: '720', folder },
    },
  }))
  const reply = { status: 'ok', imports: tasks, limit: 100, next_offset: 3, has_more: false }
  await world.calls.findLast(({ path }) => path === 'imports')?.answer(reply)
  expect(seen(world).filter((item) => !item.startsWith('songs.'))).toEqual([
    'Talks closed 13 waiting',
    'Songs open 13 waiting',
    'a.example/',
    'News open 2 running',
    ...['f.example/0', 'f.example/1', 'f.example/2'],
  ])
})
