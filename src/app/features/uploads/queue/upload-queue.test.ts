import { expect, test } from 'vitest'
import { findGroup } from '#app/features/uploads/find-group.ts'
import { forecastUploads } from '#app/features/uploads/view/upload-text.ts'
import { guardStorage } from '#app/lib/browser/storage.ts'
import { memoryStorage } from '#app/testing/import-world.ts'
import { settle } from '#app/testing/manual-clock.ts'
import { first, refused, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'

test('three are sent at once, the next when one has ended, in the order they came', async () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c'])
  for (const { begin } of tries) begin()
  expect(states()).toEqual(['a running', 'b running', 'c running', 'd waiting', 'e waiting'])
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(states()).toEqual(['a running', 'b done', 'c running', 'd waiting', 'e waiting'])
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'd'])
})

test('a file that the gate holds back is waiting, not running', () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  expect(tries).toHaveLength(1)
  expect(states()).toEqual(['a waiting'])
})

test('the row and the listener get the name and place that the server gave', async () => {
  const arrived: unknown[] = []
  const { queue, tries, connection, row } = uploadWorld({
    onUploaded: (upload) => arrived.push(upload.arrived),
  })
  queue.connect(connection())
  void queue.add([requestFor('a')])
  const reply = { ...sent(first(tries).send) }
  if (reply.outcome === 'sent') reply.reply = { ...reply.reply, file_name: 'a (2)' }
  await first(tries).end(reply)
  expect(row('a')).toMatchObject({ state: 'done', sentBytes: 10, arrived: { file_name: 'a (2)' } })
  expect(arrived).toMatchObject([{ file_name: 'a (2)', folder: '/Films/' }])
})

test('too large is refused before the first byte, with the limit', () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('big', 1_001), requestFor('fits', 1_000), requestFor('empty', 0)])
  expect(tries.map(({ send }) => send.name)).toEqual(['fits', 'empty'])
  expect(row('big')).toMatchObject({
    state: 'failed',
    failure: { code: 'too_large', size: 1_001, maxBytes: 1_000 },
  })
})

test.each([
  ['a\\b', '/', 'File names must not contain "/" or "\\".'],
  ['a', '/Trip/../', 'Folder names must not be "." or "..".'],
  ['x'.repeat(256), '/', 'File names must be at most 255 bytes.'],
])(
  'a name or folder that the rules refuse is a row that says so: %s in %s',
  (name, folder, rule) => {
    const { queue, tries, connection, row } = uploadWorld()
    queue.connect(connection())
    void queue.add([{ file: new File([], 'x'), folder, name }])
    expect(tries).toEqual([])
    expect(row(name)).toMatchObject({ state: 'failed', failure: { code: 'against_rule', rule } })
  },
)

test('names are sent in the form that the rules give them', () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('cafe\u0301', 1, 'Films')])
  expect(first(tries).send).toMatchObject({ name: 'caf\u00e9', folder: '/Films/' })
})

test.each([
  ['invalid_request', 400],
  ['insufficient_scope', 403],
  ['not_found', 404],
  ['payload_too_large', 413],
  ['server_error', 500],
  ['feature_disabled', 503],
  ['size_mismatch', 200],
])('%s (%i) is never sent again', async (code, status) => {
  const { queue, tries, pauses, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end(refused(code, status))
  expect(states()).toEqual(['a failed'])
  expect(tries).toHaveLength(1)
  expect(pauses).toHaveLength(0)
})

test('what happens shows ten times a second at most, the first of it at once', async () => {
  const { queue, tries, connection, row, passTime } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a', 1_000), requestFor('b')])
  first(tries).begin()
  let shown = 0
  queue.subscribe(() => {
    shown += 1
  })
  await passTime(900)
  await passTime(100)
  shown = 0
  first(tries, 1).begin()
  expect(shown).toBe(1)
  for (let sentBytes = 1; sentBytes <= 500; sentBytes += 1) {
    first(tries).send.onProgress?.({ sentBytes, totalBytes: 1_000 })
  }
  expect(shown).toBe(1)
  await passTime(100)
  expect(shown).toBe(2)
  expect(row('a')).toMatchObject({ sentBytes: 500, bytesPerSecond: 500, secondsLeft: 1 })
  expect(row('b').state).toBe('running')
})

test('a row that did not change keeps its identity, and so do the totals', async () => {
  const { queue, tries, connection, row, passTime } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a'), requestFor('b')])
  first(tries).begin()
  const before = { b: row('b'), totals: queue.getSnapshot().totals }
  first(tries).send.onProgress?.({ sentBytes: 5, totalBytes: 10 })
  await passTime(250)
  expect(row('a').sentBytes).toBe(5)
  expect(row('b')).toBe(before.b)
  expect(queue.getSnapshot().totals).toBe(before.totals)
})

test('the forecast counts the requests that are still to be made', async () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  await queue.add(Array.from({ length: 2_143 }, (_, index) => requestFor(`${index}`)))
  for (const { begin } of tries) begin()
  const { totals } = queue.getSnapshot()
  expect(totals).toMatchObject({ unfinished: 2_143, running: 3, waiting: 2_140 })
  expect(forecastUploads(queue)).toEqual({
    seconds: 2_140,
    limitedBy: 'requests',
    requestsPerMinute: 60,
  })
})

test('clearing takes what is over off the list and leaves the rest', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c'].map((name) => requestFor(name)))
  await first(tries).end(sent(first(tries).send))
  queue.abort(row('b').id)
  queue.removeFinished()
  expect(states()).toEqual(['c waiting'])
})

test('who signs out while thousands are added leaves none of them behind', async () => {
  const { queue, connection } = uploadWorld()
  queue.connect(connection())
  const requests = Array.from({ length: 20_000 }, (_, index) => requestFor(`${index}`, 1))
  const adding = queue.add(requests)
  const { all } = queue.getSnapshot().totals
  expect(all).toBeGreaterThan(0)
  expect(all).toBeLessThan(20_000)
  queue.reset()
  await adding
  expect(queue.getSnapshot().totals.all).toBe(0)
})

test('a crowd is listed before each of its files is asked how large it is', async () => {
  const { queue, connection, row } = uploadWorld()
  queue.connect(connection())
  const listed: number[] = []
  const requests = Array.from({ length: 300 }, (_, index) => {
    const request = requestFor(`${index}`)
    Object.defineProperty(request.file, 'size', {
      get() {
        listed.push(queue.getSnapshot().totals.all)
        return index === 200 ? 5_000 : 10
      },
    })
    return request
  })
  await queue.add(requests)
  // But for those that are sent at once.
  expect(listed.filter((all) => all < 300).length).toBeLessThan(20)
  expect(listed.length).toBeGreaterThan(299)
  expect(row('299').size).toBe(10)
  expect(row('200').failure).toEqual({ code: 'too_large', size: 5_000, maxBytes: 1_000 })
  expect(queue.getSnapshot()).toMatchObject({
    run: { waiting: 2_990 },
    totals: { waiting: 299, failed: 1 },
  })
})

test('paused, nothing new starts, what waits for its turn waits on, and what is being sent ends', async () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  first(tries).begin()
  queue.pause()
  expect(states()).toEqual(['a running', 'b waiting', 'c waiting', 'd waiting', 'e waiting'])
  // Those that asked for their turn gave it back.
  expect(tries.map(({ send }) => send.signal?.aborted)).toEqual([false, true, true])
  await first(tries).end(sent(first(tries).send))
  expect([tries.length, queue.getSnapshot().isPausedByHand]).toEqual([3, true])
  void queue.add([requestFor('f')])
  expect(tries).toHaveLength(3)
  queue.goOn()
  await settle()
  expect(tries.slice(3).map(({ send }) => send.name)).toEqual(['b', 'c', 'd'])
  expect(queue.getSnapshot().isPausedByHand).toBe(false)
})

test('a pause lasts over a reload and a lost key, and ends with the session', () => {
  const stored = memoryStorage()
  const pausedIn = guardStorage(() => stored)
  const { queue, connection, tries } = uploadWorld({ pausedIn })
  queue.connect(connection())
  queue.pause()
  queue.connect(null)
  queue.connect(connection())
  void queue.add([requestFor('a')])
  expect(tries).toHaveLength(0)
  const again = uploadWorld({ pausedIn })
  again.queue.connect(connection({ account: 'bob' }))
  expect(again.queue.getSnapshot().isPausedByHand).toBe(false)
  again.queue.connect(connection())
  expect(again.queue.getSnapshot().isPausedByHand).toBe(true)
  again.queue.reset()
  again.queue.connect(connection())
  expect(again.queue.getSnapshot().isPausedByHand).toBe(false)
})

test('what is to be sent next goes before all that waits, and a folder as a whole', async () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection())
  const inTrip = (name: string) => ({ ...requestFor(name, 10, '/Trip/'), path: `Trip/${name}` })
  void queue.add([
    ...['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)),
    inTrip('f'),
    inTrip('g'),
  ])
  queue.startNext(row('e').id)
  queue.startGroupNext('/Trip/')
  for (let at = 0; at < 4; at += 1) {
    first(tries, at).begin()
    await first(tries, at).end(sent(first(tries, at).send))
  }
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'f', 'g', 'e', 'd'])
})

test('files of a folder that was dropped are one group, also after a reload; those chosen alone are none', () => {
  expect(findGroup({ folder: '/Films/Trip/day 1/', path: 'Trip/day 1/a.txt' })).toEqual({
    id: '/Films/Trip/',
    name: 'Trip',
  })
  expect(findGroup({ folder: '/Trip/', path: 'Trip/a.txt' })?.id).toBe('/Trip/')
  for (const path of [undefined, null, '', 'a.txt', '/a.txt', 'Other/a.txt']) {
    expect(findGroup({ folder: '/Films/Trip/', path })).toBeNull()
  }
})
