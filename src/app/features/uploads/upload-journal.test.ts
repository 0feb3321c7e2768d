import { expect, test } from 'vitest'
import { settle } from '#app/lib/time-in-hand.ts'
import { first, requestFor, sent, uploadWorld } from './test-upload-world.ts'

function storageWith(entries: [string, string][] = []) {
  const map = new Map(entries)
  const storage = {
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, value: string) => void map.set(name, value),
    removeItem: (name: string) => void map.delete(name),
  }
  return { map, storage }
}

test('what a reload interrupts is shown as interrupted, and goes on with the file chosen again', async () => {
  const { map, storage } = storageWith()
  const before = uploadWorld({ storage })
  before.queue.connect(before.connection())
  const request = requestFor('a')
  before.queue.add([request, requestFor('b')])
  await first(before.tries, 1).end(sent(first(before.tries, 1).send))
  before.queue.save()
  expect([...map.keys()]).toEqual(['barkeep.uploads.key-1'])

  const after = uploadWorld({ storage })
  after.queue.connect(after.connection())
  expect(after.states()).toEqual(['a interrupted'])
  const { id } = after.row('a')
  after.queue.retry(id)
  expect(after.states()).toEqual(['a interrupted'])
  after.queue.retry(id, new File(['y'], 'other'))
  expect(after.row('a')).toMatchObject({
    state: 'interrupted',
    failure: { reason: 'other is another file.', nextStep: 'Choose a.' },
  })
  after.queue.retry(id, request.file)
  await settle()
  expect(after.sought).toMatchObject([{ name: 'a', notBefore: 7_000_000 }])
  const again = first(after.tries)
  expect(again.send.idempotencyKey).toBe(first(before.tries).send.idempotencyKey)
  await again.end(sent(again.send))
  expect(after.states()).toEqual(['a done'])
  after.queue.save()
  expect(map.size).toBe(0)
})

test('a file that was changed since its interruption is a new upload', async () => {
  const { storage } = storageWith()
  const before = uploadWorld({ storage })
  before.queue.connect(before.connection())
  before.queue.add([requestFor('a', 10)])
  before.queue.save()
  const after = uploadWorld({ storage })
  after.queue.connect(after.connection())
  after.queue.retry(after.row('a').id, new File(['longer than before'], 'a'))
  await settle()
  expect(after.row('a').size).toBe(18)
  expect(after.sought).toEqual([])
  expect(first(after.tries).send.idempotencyKey).not.toBe(first(before.tries).send.idempotencyKey)
})

test('an interrupted upload that nobody wants goes for good', () => {
  const { map, storage } = storageWith()
  const before = uploadWorld({ storage })
  before.queue.connect(before.connection())
  before.queue.add([requestFor('a')])
  before.queue.save()
  const after = uploadWorld({ storage })
  after.queue.connect(after.connection())
  after.queue.cancel(after.row('a').id)
  expect(after.states()).toEqual([])
  after.queue.save()
  expect(map.size).toBe(0)
})

test('the journal is written a second after a change, and signing out leaves none', async () => {
  const { map, storage } = storageWith()
  const { queue, connection, passTime } = uploadWorld({ storage })
  queue.connect(connection())
  queue.add([requestFor('a')])
  expect(map.size).toBe(0)
  await passTime(1_000)
  expect(map.size).toBe(1)
  queue.reset()
  expect(map.size).toBe(0)
  expect(queue.getSnapshot().uploads).toEqual([])
})

test.each(['', '{', '[{"id":1}]', '"text"'])('a journal of nonsense (%s) is no journal', (text) => {
  const { storage } = storageWith([['barkeep.uploads.key-1', text]])
  const { queue, connection } = uploadWorld({ storage })
  queue.connect(connection())
  expect(queue.getSnapshot().uploads).toEqual([])
})
