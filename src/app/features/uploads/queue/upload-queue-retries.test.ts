import { expect, test } from 'vitest'
import { ApiError } from '#app/api/http/api-error.ts'
import { first, refused, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'

test('what passes is tried again under the same idempotency key', async () => {
  const { queue, tries, pauses, sought, connection, row, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end(refused('unavailable', 503))
  expect(row('a')).toMatchObject({
    state: 'waiting',
    note: 'not_ready',
  })
  await first(pauses)()
  await first(tries, 1).end({ outcome: 'lost' })
  expect(row('a').note).toBe('no_connection')
  await first(pauses, 1)()
  await first(tries, 2).end(sent(first(tries, 2).send))
  expect(states()).toEqual(['a done'])
  expect(sought).toEqual([])
  expect(new Set(tries.map(({ send }) => send.idempotencyKey)).size).toBe(1)
})

test('after an unclear end the folder is looked at, and what lies there is not sent again', async () => {
  const { queue, tries, pauses, sought, setFound, connection, row } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'unclear' })
  expect(sought).toEqual([])
  setFound({ file_name: 'a', size: 10, link: 'https://s.example/t', folder: '/Films/' })
  await first(pauses)()
  expect(sought).toMatchObject([{ folder: '/Films/', name: 'a', size: 10, notBefore: 7_000_000 }])
  expect(row('a')).toMatchObject({ state: 'done', arrived: { file_name: 'a' } })
  expect(tries).toHaveLength(1)
})

test('a gateway that failed once all was sent leaves it unclear, so the folder is looked at', async () => {
  const { queue, tries, pauses, sought, connection } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  const error = new ApiError({ code: 'unavailable', status: 503, message: '' })
  await first(tries).end({ outcome: 'refused', error, mayHaveArrived: true })
  await first(pauses)()
  expect(sought).toHaveLength(1)
})

test('an unclear end whose file is not there is sent again', async () => {
  const { queue, tries, pauses, sought, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'unclear' })
  await first(pauses)()
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(sought).toHaveLength(1)
  expect(states()).toEqual(['a done'])
})

test('a connection that was lost on the way needs no look', async () => {
  const { queue, tries, pauses, sought, connection } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'lost' })
  await first(pauses)()
  expect(tries).toHaveLength(2)
  expect(sought).toEqual([])
})

test('a file that changed on disk fails instead of being tried for ever', async () => {
  const { queue, tries, pauses, connection, row } = uploadWorld({ canRead: async () => false })
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'lost' })
  expect(pauses).toHaveLength(0)
  expect(row('a')).toMatchObject({
    state: 'failed',
    failure: { code: 'file_changed' },
  })
})

test('an upload that fails again and again lets the others go first', async () => {
  const { queue, tries, pauses, connection } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
  const triesOf = (name: string) => tries.filter(({ send }) => send.name === name)
  for (let count = 1; count < 5; count += 1) {
    await first(triesOf('a'), count - 1).end({ outcome: 'lost' })
    await first(pauses, count - 1)()
  }
  expect(triesOf('d')).toHaveLength(0)
  await first(triesOf('a'), 4).end({ outcome: 'lost' })
  expect(triesOf('d')).toHaveLength(1)
  expect(triesOf('a')).toHaveLength(5)
  await first(triesOf('b')).end(sent(first(triesOf('b')).send))
  expect(triesOf('a')).toHaveLength(6)
})
