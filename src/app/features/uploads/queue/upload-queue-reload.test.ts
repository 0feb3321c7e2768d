import { expect, test } from 'vitest'
import { settle } from '#app/testing/manual-clock.ts'
import {
  first,
  memoryJournal,
  refused,
  requestFor,
  sent,
  uploadWorld,
} from '#app/testing/upload-world.ts'
import type { JournalAccess } from './upload-keeper.ts'

/** A page with `names` in its queue, and the page after its reload. */
async function reloaded(names: readonly string[], folder?: string, folders?: string) {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  const requests = names.map((name) => ({
    ...requestFor(name, 10, folder),
    ...(folders === undefined ? {} : { path: folders + name }),
  }))
  before.queue.add(requests)
  await settle()
  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  return { journal, before, after, requests }
}

test('what a reload interrupts is shown as interrupted, and goes on with the file chosen again', async () => {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  const request = requestFor('a')
  before.queue.add([request, requestFor('b')])
  first(before.tries).begin()
  await first(before.tries, 1).end(sent(first(before.tries, 1).send))
  expect([...journal.kept.values()]).toMatchObject([{ name: 'a', keyId: 'key-1' }])

  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  expect(after.states()).toEqual(['a interrupted'])
  const { id } = after.row('a')
  after.queue.retry(id)
  expect(after.states()).toEqual(['a interrupted'])
  after.queue.retry(id, new File(['y'], 'other'))
  expect(after.row('a')).toMatchObject({
    state: 'interrupted',
    failure: { code: 'other_file', chosen: 'other' },
  })
  after.queue.retry(id, request.file)
  await settle()
  expect(after.sought).toMatchObject([{ name: 'a', notBefore: 7_000_000 }])
  const again = first(after.tries)
  expect(again.send.idempotencyKey).toBe(first(before.tries).send.idempotencyKey)
  await again.end(sent(again.send))
  expect(after.states()).toEqual(['a done'])
  expect(journal.kept.size).toBe(0)
})

test('the same folder dropped again goes on in the rows that were interrupted', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `${index}.jpg`)
  const { after, requests } = await reloaded(names, '/Trip/day 1/')
  expect(after.queue.getSnapshot().totals.interrupted).toBe(40)
  const ids = after.queue.all().map(({ id }) => id)
  after.queue.add([...requests, requestFor('new.jpg', 10, '/Trip/day 1/')])
  await settle()
  const { totals } = after.queue.getSnapshot()
  expect(
    after.queue
      .all()
      .map(({ id }) => id)
      .slice(0, 40),
  ).toEqual(ids)
  expect(totals).toMatchObject({ interrupted: 0, unfinished: 41 })
  // None of them was on its way before: looking for each would cost as many requests as running it.
  expect(after.sought).toEqual([])
})

test('the same files for another folder are other uploads', async () => {
  const { after, requests } = await reloaded(['a'], '/Trip/')
  after.queue.add(requests.map((request) => ({ ...request, folder: '/Other/' })))
  expect(after.states()).toEqual(['a interrupted', 'a waiting'])
})

test('two rows of one path go on with the files that have their bytes', async () => {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  const [small, large] = [requestFor('a', 3), requestFor('a', 7)]
  before.queue.add([small, large])
  await settle()
  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  after.queue.add([large, small])
  await settle()
  expect(after.queue.all().map(({ size }) => size)).toEqual([3, 7])
  expect(after.tries.map(({ send }) => send.file.size).sort()).toEqual([3, 7])
})

test('files chosen together find their rows by name, bytes and the folders they lie in', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Trip/day 1/')
  const [a, b] = requests.map(({ file }) => file)
  if (!a || !b) throw new Error('No files.')
  expect(after.queue.resume([{ file: a, path: 'day 2/a' }])).toBe(0)
  expect(after.queue.resume([{ file: new File(['other'], 'a'), path: 'a' }])).toBe(0)
  expect(
    after.queue.resume([
      { file: a, path: 'Trip/day 1/a' },
      { file: b, path: 'b' },
    ]),
  ).toBe(2)
  expect(after.states()).toEqual(['a waiting', 'b waiting'])
})

test('the folder around those that were dropped gives all of their files', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Trip/')
  const chosen = requests.map(({ file }) => ({ file, path: `Downloads/Trip/${file.name}` }))
  const [a] = chosen
  if (!a) throw new Error('No files.')
  expect(after.queue.resume([{ ...a, path: 'Downloads/Other Trip/a' }])).toBe(0)
  expect(after.queue.resume(chosen)).toBe(2)
})

test('the folder around them gives what was dropped into a subfolder', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Films/2026/Trip/', 'Trip/')
  const chosen = requests.map(({ file }) => ({ file, path: `Downloads/Trip/${file.name}` }))
  const [a] = chosen
  if (!a) throw new Error('No files.')
  expect(after.queue.resume([{ ...a, path: 'Downloads/Other Trip/a' }])).toBe(0)
  expect(after.queue.resume(chosen)).toBe(2)
})

test('a file that was changed since its interruption is a new upload in the same row', async () => {
  const { before, after } = await reloaded(['a'])
  const file = new File(['longer than before'], 'a')
  after.queue.add([{ file, folder: '/Films/', name: 'a' }])
  await settle()
  expect(after.states()).toEqual(['a waiting'])
  expect(after.row('a').size).toBe(18)
  expect(after.sought).toEqual([])
  expect(first(after.tries).send.idempotencyKey).not.toBe(first(before.tries).send.idempotencyKey)
})

test('what failed and what was interrupted is tried again, or taken off, all at once', async () => {
  const { journal, after } = await reloaded(['x', 'y'])
  after.queue.add([requestFor('a'), requestFor('b')])
  for (const at of [0, 1]) await first(after.tries, at).end(refused('server_error', 500))
  expect(after.states()).toEqual(['x interrupted', 'y interrupted', 'a failed', 'b failed'])
  after.queue.retryFailed()
  await settle()
  expect(after.states().slice(2)).toEqual(['a waiting', 'b waiting'])
  for (const at of [2, 3]) await first(after.tries, at).end(refused('server_error', 500))
  after.queue.removeFailed()
  await settle()
  expect(after.states()).toEqual([])
  expect(journal.kept.size).toBe(0)
})

test('what failed before a reload is not forgotten by it', async () => {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  before.queue.add([requestFor('a')])
  await first(before.tries).end(refused('server_error', 500))
  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  expect(after.states()).toEqual(['a interrupted'])
})

test('an interrupted upload that nobody wants goes for good', async () => {
  const { journal, after } = await reloaded(['a'])
  after.queue.abort(after.row('a').id)
  await settle()
  expect(after.states()).toEqual([])
  expect(journal.kept.size).toBe(0)
})

test('signing out leaves nothing written down, another account does not touch it', async () => {
  const { journal, after } = await reloaded(['a'])
  after.queue.connect(after.connection({ account: 'bob', keyId: 'key-9' }))
  await settle()
  expect(after.states()).toEqual([])
  expect(journal.kept.size).toBe(1)
  after.queue.connect(after.connection())
  await settle()
  expect(after.states()).toEqual(['a interrupted'])
  after.queue.reset()
  await settle()
  expect(journal.kept.size).toBe(0)
})

test('a browser that refuses its storage is told, and uploads go on as ever', async () => {
  const journal = memoryJournal()
  journal.state.isRefused = true
  const { queue, tries, connection, states } = uploadWorld({ journal: journal.access })
  queue.connect(connection())
  await settle()
  expect(queue.getSnapshot().isKept).toBe(true)
  queue.add([requestFor('a'), requestFor('b')])
  await settle()
  expect(queue.getSnapshot().isKept).toBe(false)
  // Given room again, the next change is written down, with all that was not.
  journal.state.isRefused = false
  await first(tries).end(sent(first(tries).send))
  expect(states()).toEqual(['a done', 'b waiting'])
  expect(queue.getSnapshot().isKept).toBe(true)
  expect(journal.kept.size).toBe(1)
})

test('what is written down is what changed, however many wait', async () => {
  const { access } = memoryJournal()
  const writes: string[][] = []
  const journal: JournalAccess = {
    isThere: access.isThere,
    async open() {
      const opened = await access.open()
      return {
        ...opened,
        keep(keyId, changes) {
          writes.push([...changes.keys()])
          return opened.keep(keyId, changes)
        },
      }
    },
  }
  const { queue, tries, connection, row } = uploadWorld({ journal })
  queue.connect(connection())
  await queue.add(Array.from({ length: 1_000 }, (_, index) => requestFor(`${index}`)))
  await settle()
  expect(new Set(writes.flat()).size).toBe(1_000)
  writes.length = 0
  const sending = first(tries)
  sending.begin()
  await sending.end(sent(sending.send))
  expect(new Set(writes.flat())).toEqual(new Set([row('0').id]))
})
