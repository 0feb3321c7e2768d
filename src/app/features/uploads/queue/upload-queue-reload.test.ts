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
import { askToRead } from './open-sources.ts'
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
  void before.queue.add(requests)
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
  void before.queue.add([request, requestFor('b')])
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
  void after.queue.add([...requests, requestFor('new.jpg', 10, '/Trip/day 1/')])
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
  void after.queue.add(requests.map((request) => ({ ...request, folder: '/Other/' })))
  expect(after.states()).toEqual(['a interrupted', 'a waiting'])
})

test('two rows of one path go on with the files that have their bytes', async () => {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  const [small, large] = [requestFor('a', 3), requestFor('a', 7)]
  void before.queue.add([small, large])
  await settle()
  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  void after.queue.add([large, small])
  await settle()
  expect(after.queue.all().map(({ size }) => size)).toEqual([3, 7])
  expect(after.tries.map(({ send }) => send.file.size).sort()).toEqual([3, 7])
})

test('files chosen together find their rows by name, bytes and the folders they lie in', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Trip/day 1/')
  const [a, b] = requests.map(({ file }) => file)
  if (!a || !b) throw new Error('No files.')
  expect(await after.queue.resume([{ file: a, path: 'day 2/a' }])).toMatchObject({ found: 0 })
  expect(await after.queue.resume([{ file: new File(['other'], 'a'), path: 'a' }])).toMatchObject({
    found: 0,
  })
  expect(
    await after.queue.resume([
      { file: a, path: 'Trip/day 1/a' },
      { file: b, path: 'b' },
    ]),
  ).toEqual({ found: 2, already: 0 })
  expect(after.states()).toEqual(['a waiting', 'b waiting'])
})

test('the folder around those that were dropped gives all of their files', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Trip/')
  const chosen = requests.map(({ file }) => ({ file, path: `Downloads/Trip/${file.name}` }))
  const [a] = chosen
  if (!a) throw new Error('No files.')
  expect(await after.queue.resume([{ ...a, path: 'Downloads/Other Trip/a' }])).toMatchObject({
    found: 0,
  })
  expect(await after.queue.resume(chosen)).toMatchObject({ found: 2 })
})

test('the folder around them gives what was dropped into a subfolder', async () => {
  const { after, requests } = await reloaded(['a', 'b'], '/Films/2026/Trip/', 'Trip/')
  const chosen = requests.map(({ file }) => ({ file, path: `Downloads/Trip/${file.name}` }))
  const [a] = chosen
  if (!a) throw new Error('No files.')
  expect(await after.queue.resume([{ ...a, path: 'Downloads/Other Trip/a' }])).toMatchObject({
    found: 0,
  })
  expect(await after.queue.resume(chosen)).toMatchObject({ found: 2 })
})

test('a file that was changed since its interruption is a new upload in the same row', async () => {
  const { before, after } = await reloaded(['a'])
  const file = new File(['longer than before'], 'a')
  void after.queue.add([{ file, folder: '/Films/', name: 'a' }])
  await settle()
  expect(after.states()).toEqual(['a waiting'])
  expect(after.row('a').size).toBe(18)
  expect(after.sought).toEqual([])
  expect(first(after.tries).send.idempotencyKey).not.toBe(first(before.tries).send.idempotencyKey)
})

test('what failed and what was interrupted is tried again, or taken off, all at once', async () => {
  const { journal, after } = await reloaded(['x', 'y'])
  void after.queue.add([requestFor('a'), requestFor('b')])
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
  void before.queue.add([requestFor('a')])
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
  void queue.add([requestFor('a'), requestFor('b')])
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

/** As Chromium gives them for what was dropped. `files` by their paths in it. */
function fakeFolder(name: string, files: Record<string, File>, permission = 'granted') {
  const open = (at: string) => ({
    kind: 'directory',
    name,
    getDirectoryHandle: async (child: string) => open(`${at}${child}/`),
    getFileHandle: async (child: string) => {
      const file = files[at + child]
      if (!file) throw new DOMException('It is gone.', 'NotFoundError')
      return { kind: 'file', name: child, getFile: async () => file }
    },
    queryPermission: async () => (permission === 'granted' ? 'granted' : 'prompt'),
    requestPermission: async () => permission,
  })
  return open('') as unknown as FileSystemHandle
}

/** A page that dropped `Trip` with `names` in it, and the page after its reload. */
async function droppedAndReloaded(names: readonly string[]) {
  const journal = memoryJournal()
  const before = uploadWorld({ journal: journal.access })
  before.queue.connect(before.connection())
  const files = Object.fromEntries(names.map((name) => [name, new File(['x'.repeat(10)], name)]))
  const source = { id: 'source', handle: fakeFolder('Trip', files) }
  const requests = names.map((name) => {
    const file = files[name] as File
    const folder = `/Trip/${name.slice(0, name.lastIndexOf('/') + 1)}`
    return { file, name: name.split('/').at(-1) ?? '', folder, path: `Trip/${name}`, source }
  })
  void before.queue.add(requests)
  await settle()
  const after = uploadWorld({ journal: journal.access })
  after.queue.connect(after.connection())
  await settle()
  return { journal, before, after, files }
}

test('what was dropped goes on after a reload by itself, with what lies below the folder', async () => {
  const names = ['a', 'day 1/b', 'day 1/c', 'day 1/deep/d']
  const { before, after } = await droppedAndReloaded(names)
  expect(after.queue.canReopen()).toBe(true)
  expect(after.row('b').failure).toEqual({ code: 'interrupted', reopens: true })
  expect(await after.queue.reopen()).toEqual({ found: 4, already: 0 })
  expect(after.states()).toEqual(['a waiting', 'b waiting', 'c waiting', 'd waiting'])
  await settle()
  expect(after.tries.map(({ send }) => send.folder + send.name)).toContain('/Trip/day 1/b')
  expect(first(after.tries).send.idempotencyKey).toBe(first(before.tries).send.idempotencyKey)
})

test('what moved away or may not be read again says so, and is chosen by hand the next time', async () => {
  const { after, files, journal } = await droppedAndReloaded(['a', 'b'])
  files.a = undefined as unknown as File
  expect(await after.queue.reopen()).toEqual({ found: 1, already: 0 })
  expect(after.row('a')).toMatchObject({
    state: 'interrupted',
    failure: { code: 'not_found_again' },
  })
  expect(after.row('b').state).toBe('waiting')

  const refused = await droppedAndReloaded(['c'])
  refused.journal.sources.set('source', fakeFolder('Trip', {}, 'denied'))
  expect(await refused.after.queue.reopen()).toEqual({ found: 0, already: 0 })
  expect(refused.after.row('c').failure).toEqual({ code: 'not_allowed' })
  refused.after.queue.retry(refused.after.row('c').id, refused.files.c)
  expect(refused.after.row('c').state).toBe('waiting')
  expect(journal.kept.size).toBe(2)
})

test('what the browser did not keep of a drop is chosen by hand', async () => {
  const { after, journal } = await droppedAndReloaded(['a', 'b'])
  journal.sources.clear()
  expect(await after.queue.reopen()).toEqual({ found: 0, already: 0 })
  expect(after.row('a').failure).toEqual({ code: 'interrupted', reopens: false })
  expect(after.queue.canReopen()).toBe(false)
})

test('a person is asked once whether all may be read, and a no is an answer for all', async () => {
  const asked: string[] = []
  const handle = (name: string, answer: string) => ({
    name,
    queryPermission: async () => (asked.length > 0 && answer === 'granted' ? 'granted' : 'prompt'),
    requestPermission: async () => {
      asked.push(name)
      return answer
    },
  })
  const allowed = [handle('a', 'granted'), handle('b', 'granted'), handle('c', 'granted')]
  const handles = (some: unknown[]) => some as FileSystemHandle[]
  expect((await askToRead(handles(allowed))).size).toBe(3)
  expect(asked).toEqual(['a'])
  const denied = [handle('d', 'denied'), handle('e', 'denied')]
  expect((await askToRead(handles(denied))).size).toBe(0)
  expect(asked).toEqual(['a', 'd'])
})

test('what is on the server already is said, and not sent again', async () => {
  const { after, journal } = await droppedAndReloaded(['a', 'b', 'c'])
  const looks: number[] = []
  after.queue.connect(
    after.connection({
      async lookFor(sought) {
        looks.push(sought.length)
        const there = sought.filter(({ name }) => name !== 'b')
        return {
          there: new Map(
            there.map(({ id, name, folder }) => [
              id,
              { file_name: name, folder, size: 10, link: 'https://s.example/t' },
            ]),
          ),
          missing: new Set([after.row('b').id]),
        }
      },
    }),
  )
  expect(await after.queue.reopen()).toEqual({ found: 1, already: 2 })
  await settle()
  expect(looks).toEqual([3])
  expect(after.states()).toEqual(['a done', 'b waiting', 'c done'])
  expect(after.row('a')).toMatchObject({ note: 'already_there', arrived: { file_name: 'a' } })
  expect(after.tries.map(({ send }) => send.name)).toEqual(['b'])
  expect([...journal.kept.values()].map(({ name }) => name)).toEqual(['b'])
})
