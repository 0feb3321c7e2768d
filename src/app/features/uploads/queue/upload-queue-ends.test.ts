import { expect, test } from 'vitest'
import { settle } from '#app/testing/manual-clock.ts'
import { first, refused, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'

test('cancelling ends the request, shows no failure, and makes room', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  queue.abort(row('e').id)
  queue.abort(row('a').id)
  await settle()
  expect(first(tries).send.signal?.aborted).toBe(true)
  expect(row('a').failure).toBeNull()
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'd'])
  expect(states()).toEqual(['a cancelled', 'b waiting', 'c waiting', 'd waiting', 'e cancelled'])
})

test('stopping all ends every request in one step and starts no other', async () => {
  const { queue, tries, connection, states, passTime } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
  await passTime(1_000)
  await passTime(1_000)
  let shown = 0
  queue.subscribe(() => {
    shown += 1
  })
  queue.abortAll()
  await passTime(1_000)
  expect(shown).toBe(1)
  expect(tries.map(({ send }) => send.signal?.aborted)).toEqual([true, true, true])
  expect(states()).toEqual(['a cancelled', 'b cancelled', 'c cancelled', 'd cancelled'])
  void queue.add([requestFor('e')])
  expect(tries.at(-1)?.send.name).toBe('e')
})

test('a cancelled upload that is retried at once does not hear of its first try', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  queue.abort(row('a').id)
  queue.retry(row('a').id)
  await settle()
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(states()).toEqual(['a done'])
})

test('a first try that ends late makes no room for a fourth upload', async () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c'].map((name) => requestFor(name)))
  queue.abort(row('a').id)
  queue.retry(row('a').id)
  await settle()
  void queue.add([requestFor('d')])
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'a'])
})

test('a failed upload is retried as a new one', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end(refused('server_error', 500))
  queue.retry(row('a').id)
  expect(row('a')).toMatchObject({ state: 'waiting', failure: null })
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(states()).toEqual(['a done'])
  expect(first(tries, 1).send.idempotencyKey).not.toBe(first(tries).send.idempotencyKey)
})

test('a refused key pauses the queue, and the same account goes on where it was', async () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  void queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
  await first(tries).end(refused('expired_key', 401))
  await first(tries, 1).end(refused('expired_key', 401))
  await first(tries, 2).end(refused('expired_key', 401))
  expect(tries).toHaveLength(3)
  expect(queue.getSnapshot().isPaused).toBe(true)
  expect(states()).toEqual(['a waiting', 'b waiting', 'c waiting', 'd waiting'])
  queue.connect(connection({ keyId: 'key-2' }))
  expect(queue.getSnapshot().isPaused).toBe(false)
  expect(tries).toHaveLength(6)
  const again = tries.slice(3).find(({ send }) => send.name === 'a')
  expect(again?.send.idempotencyKey).toBe(first(tries).send.idempotencyKey)
})

test('a key without the scope leaves the queue to another key of the account', () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection({ isAllowed: false }))
  void queue.add([requestFor('a')])
  expect(tries).toEqual([])
  expect(states()).toEqual(['a waiting'])
  expect(queue.getSnapshot()).toMatchObject({ isPaused: true })
  expect(queue.gate).toBeNull()
  queue.connect(connection({ keyId: 'key-2' }))
  expect(tries).toHaveLength(1)
})

test('a gate that closes under an upload keeps it in the line', async () => {
  const { queue, connection, states } = uploadWorld()
  const closed = () => Promise.reject(new DOMException('The session ended.', 'AbortError'))
  queue.connect(connection({ sendFile: closed }))
  void queue.add([requestFor('a')])
  await settle()
  expect(states()).toEqual(['a waiting'])
  expect(queue.getSnapshot().isPaused).toBe(true)
})

test('another account sees nothing of the queue', async () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  queue.connect(null)
  queue.connect(connection({ account: 'bob', keyId: 'key-9' }))
  await settle()
  expect(queue.all()).toEqual([])
  expect(first(tries).send.signal?.aborted).toBe(true)
  expect(tries).toHaveLength(1)
})

test('cancelled after its last byte, an upload ends as what its answer says', async () => {
  const uploaded: string[] = []
  const { queue, tries, connection, row } = uploadWorld({
    onUploaded: ({ name }) => uploaded.push(name),
  })
  queue.connect(connection())
  void queue.add([requestFor('a'), requestFor('b')])
  for (const at of [0, 1]) sendAll(first(tries, at))
  queue.abort(row('a').id)
  queue.abort(row('b').id)
  expect(row('a')).toMatchObject({ state: 'running', isAborting: true })
  await first(tries).end(sent(first(tries).send))
  expect(row('a')).toMatchObject({ state: 'done', note: 'arrived_first' })
  expect(uploaded).toEqual(['a'])
  await first(tries, 1).end(refused('invalid_request', 400))
  expect(row('b')).toMatchObject({ state: 'cancelled', failure: null, isAborting: false })
})

test.for([
  ['unclear', true],
  ['unclear', false],
] as const)(
  'cancelled with an %s end, the folder tells whether it is there: %s',
  async ([outcome, isThere]) => {
    const { queue, tries, sought, passTime, setFound, connection, row } = uploadWorld()
    queue.connect(connection())
    void queue.add([requestFor('a')])
    sendAll(first(tries))
    queue.abort(row('a').id)
    if (isThere)
      setFound({ file_name: 'a', size: 10, link: 'https://s.example/t', folder: '/Films/' })
    await first(tries).end({ outcome })
    await passTime(0)
    await passTime(3_000)
    expect(row('a').state).toBe(isThere ? 'done' : 'cancelled')
    expect(row('a').note).not.toBeNull()
    expect(sought).toHaveLength(isThere ? 1 : 2)
  },
)

test('without an answer for a while a cancelled upload is ended, and looked for', async () => {
  const { queue, tries, passTime, setFound, connection, row } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  sendAll(first(tries))
  queue.abort(row('a').id)
  setFound({ file_name: 'a', size: 10, link: 'https://s.example/t', folder: '/Films/' })
  await passTime(15_000)
  expect(first(tries).send.signal?.aborted).toBe(true)
  await passTime(0)
  expect(row('a').state).toBe('done')
})

test('what may have arrived in an earlier try is looked for before it is called cancelled', async () => {
  const { queue, tries, passTime, setFound, connection, row } = uploadWorld()
  queue.connect(connection())
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'unclear' })
  setFound({ file_name: 'a', size: 10, link: 'https://s.example/t', folder: '/Films/' })
  queue.abortAll()
  await passTime(0)
  expect(row('a').state).toBe('done')
})

test('a key that may not look says that nobody knows', async () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection({ canLook: false }))
  void queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'unclear' })
  queue.abort(row('a').id)
  await settle()
  expect(row('a')).toMatchObject({
    state: 'cancelled',
    note: 'not_seen',
  })
})

function sendAll({ begin, send }: ReturnType<typeof uploadWorld>['tries'][number]): void {
  begin()
  send.onProgress?.({ sentBytes: send.file.size, totalBytes: send.file.size })
}
