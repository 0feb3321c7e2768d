import { expect, test } from 'vitest'
import { ApiError } from '#app/api/api-error.ts'
import type { SendFile, SendOutcome } from '#app/api/send-file.ts'
import { settle, timeInHand } from '#app/lib/time-in-hand.ts'
import type { FileSought } from './send-upload.ts'
import type { ArrivedFile } from './upload.ts'
import type { UploadConnection } from './upload-connection.ts'
import { createUploadQueue, type UploadQueueParts } from './upload-queue.ts'

type Try = {
  send: SendFile
  /** Lets the gate open and the bytes go. */
  begin(): void
  /** Ends the try; whatever waits for it has run when this resolves. */
  end(outcome: SendOutcome): Promise<void>
}

/** A queue whose time, network and server are in the test's hand. */
function uploadWorld(parts: UploadQueueParts = {}) {
  const { clock, retryPause, pauses, passTime } = timeInHand()
  const tries: Try[] = []
  const sought: FileSought[] = []
  let found: ArrivedFile | null = null

  const queue = createUploadQueue({
    clock,
    storage: null,
    canRead: async () => true,
    retryPause,
    ...parts,
  })

  function connection(change: Partial<UploadConnection> = {}): UploadConnection {
    return {
      account: 'alice',
      keyId: 'key-1',
      canUpload: true,
      maxBytes: 1_000,
      sendFile: (send) =>
        new Promise((resolve, reject) => {
          send.signal?.addEventListener('abort', () => reject(send.signal?.reason))
          const begin = () => send.onStart?.()
          const end = async (outcome: SendOutcome) => {
            resolve(outcome)
            await settle()
          }
          tries.push({ send, begin, end })
        }),
      findFile: async (file) => {
        sought.push(file)
        return found
      },
      serverTime: () => 7_000_000,
      estimate: ({ files }) => ({ seconds: files, limitedBy: 'requests' }),
      requestsPerMinute: () => 60,
      ...change,
    }
  }

  return {
    queue,
    tries,
    sought,
    pauses,
    passTime,
    connection,
    setFound: (file: ArrivedFile) => {
      found = file
    },
    states: () => queue.getSnapshot().uploads.map(({ name, state }) => `${name} ${state}`),
    row: (name: string) => {
      const row = queue.getSnapshot().uploads.find((upload) => upload.name === name)
      if (!row) throw new Error(`No row ${name}.`)
      return row
    },
  }
}

function requestFor(name: string, size = 10, folder = '/Films/') {
  return { file: new File(['x'.repeat(size)], name), folder, name }
}

function sent({ file, name, folder }: SendFile): SendOutcome {
  const place = { tracking_id: 't', file_name: name, link: 'https://s.example/t', folder }
  return { outcome: 'sent', reply: { status: 'ok', size: file.size, ...place } }
}

function refused(code: string, status: number, message = 'No.'): SendOutcome {
  const error = new ApiError({ code, status, message })
  return { outcome: 'refused', error, mayHaveArrived: false }
}

const first = <T>(list: readonly T[], index = 0): T => {
  const value = list[index]
  if (value === undefined) throw new Error(`Nothing at ${index}.`)
  return value
}

test('three are sent at once, the next when one has ended, in the order they came', async () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c'])
  for (const { begin } of tries) begin()
  expect(states()).toEqual(['a sending', 'b sending', 'c sending', 'd waiting', 'e waiting'])
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(states()).toEqual(['a sending', 'b done', 'c sending', 'd waiting', 'e waiting'])
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'd'])
})

test('a file that the gate holds back is waiting, not sending', () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  expect(tries).toHaveLength(1)
  expect(states()).toEqual(['a waiting'])
})

test('the row and the listener get the name and place that the server gave', async () => {
  const arrived: unknown[] = []
  const { queue, tries, connection, row } = uploadWorld({
    onUploaded: (upload) => arrived.push(upload.arrived),
  })
  queue.connect(connection())
  queue.add([requestFor('a')])
  const reply = { ...sent(first(tries).send) }
  if (reply.outcome === 'sent') reply.reply = { ...reply.reply, file_name: 'a (2)' }
  await first(tries).end(reply)
  expect(row('a')).toMatchObject({ state: 'done', sentBytes: 10, arrived: { file_name: 'a (2)' } })
  expect(arrived).toMatchObject([{ file_name: 'a (2)', folder: '/Films/' }])
})

test('too large is refused before the first byte, with the limit', () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('big', 1_001), requestFor('fits', 1_000), requestFor('empty', 0)])
  expect(tries.map(({ send }) => send.name)).toEqual(['fits', 'empty'])
  expect(row('big')).toMatchObject({
    state: 'failed',
    failure: {
      reason: 'Too large: 1,001 bytes. The limit is 1,000 bytes a file.',
      canRetry: false,
    },
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
    queue.add([{ file: new File([], 'x'), folder, name }])
    expect(tries).toEqual([])
    expect(row(name)).toMatchObject({ state: 'failed', failure: { reason: rule } })
  },
)

test('names are sent in the form that the rules give them', () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('cafe\u0301', 1, 'Films')])
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
  queue.add([requestFor('a')])
  await first(tries).end(refused(code, status))
  expect(states()).toEqual(['a failed'])
  expect(tries).toHaveLength(1)
  expect(pauses).toHaveLength(0)
})

test('what passes is tried again under the same idempotency key', async () => {
  const { queue, tries, pauses, sought, connection, row, states } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  await first(tries).end(refused('unavailable', 503))
  expect(row('a')).toMatchObject({
    state: 'waiting',
    note: 'The server is not ready. Trying again soon.',
  })
  await first(pauses)()
  await first(tries, 1).end({ outcome: 'lost' })
  expect(row('a').note).toBe('No connection. Trying again soon.')
  await first(pauses, 1)()
  await first(tries, 2).end(sent(first(tries, 2).send))
  expect(states()).toEqual(['a done'])
  expect(sought).toEqual([])
  expect(new Set(tries.map(({ send }) => send.idempotencyKey)).size).toBe(1)
})

test('after an unclear end the folder is looked at, and what lies there is not sent again', async () => {
  const { queue, tries, pauses, sought, setFound, connection, row } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
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
  queue.add([requestFor('a')])
  const error = new ApiError({ code: 'unavailable', status: 503, message: '' })
  await first(tries).end({ outcome: 'refused', error, mayHaveArrived: true })
  await first(pauses)()
  expect(sought).toHaveLength(1)
})

test('an unclear end whose file is not there is sent again', async () => {
  const { queue, tries, pauses, sought, connection, states } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'unclear' })
  await first(pauses)()
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(sought).toHaveLength(1)
  expect(states()).toEqual(['a done'])
})

test('a connection that was lost on the way needs no look', async () => {
  const { queue, tries, pauses, sought, connection } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'lost' })
  await first(pauses)()
  expect(tries).toHaveLength(2)
  expect(sought).toEqual([])
})

test('a file that changed on disk fails in words instead of being tried for ever', async () => {
  const { queue, tries, pauses, connection, row } = uploadWorld({ canRead: async () => false })
  queue.connect(connection())
  queue.add([requestFor('a')])
  await first(tries).end({ outcome: 'lost' })
  expect(pauses).toHaveLength(0)
  expect(row('a')).toMatchObject({
    state: 'failed',
    failure: { reason: 'a was changed, moved or deleted since it was added.' },
  })
})

test('an upload that fails again and again lets the others go first', async () => {
  const { queue, tries, pauses, connection } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
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

test('cancelling ends the request, shows no failure, and makes room', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  queue.cancel(row('e').id)
  queue.cancel(row('a').id)
  await settle()
  expect(first(tries).send.signal?.aborted).toBe(true)
  expect(row('a').failure).toBeNull()
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'd'])
  expect(states()).toEqual(['a cancelled', 'b waiting', 'c waiting', 'd waiting', 'e cancelled'])
})

test('stopping all ends every request in one step and starts no other', async () => {
  const { queue, tries, connection, states } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
  let shown = 0
  queue.subscribe(() => {
    shown += 1
  })
  queue.cancelAll()
  await settle()
  expect(shown).toBe(1)
  expect(tries.map(({ send }) => send.signal?.aborted)).toEqual([true, true, true])
  expect(states()).toEqual(['a cancelled', 'b cancelled', 'c cancelled', 'd cancelled'])
  queue.add([requestFor('e')])
  expect(tries.at(-1)?.send.name).toBe('e')
})

test('a cancelled upload that is retried at once does not hear of its first try', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  queue.cancel(row('a').id)
  queue.retry(row('a').id)
  await settle()
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(states()).toEqual(['a done'])
})

test('a first try that ends late makes no room for a fourth upload', async () => {
  const { queue, tries, connection, row } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c'].map((name) => requestFor(name)))
  queue.cancel(row('a').id)
  queue.retry(row('a').id)
  await settle()
  queue.add([requestFor('d')])
  expect(tries.map(({ send }) => send.name)).toEqual(['a', 'b', 'c', 'a'])
})

test('a failed upload is retried as a new one', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
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
  queue.add(['a', 'b', 'c', 'd'].map((name) => requestFor(name)))
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
  queue.connect(connection({ canUpload: false }))
  queue.add([requestFor('a')])
  expect(tries).toEqual([])
  expect(states()).toEqual(['a waiting'])
  expect(queue.getSnapshot()).toMatchObject({ isPaused: true, forecast: null })
  queue.connect(connection({ keyId: 'key-2' }))
  expect(tries).toHaveLength(1)
})

test('a gate that closes under an upload keeps it in the line', async () => {
  const { queue, connection, states } = uploadWorld()
  const closed = () => Promise.reject(new DOMException('The session ended.', 'AbortError'))
  queue.connect(connection({ sendFile: closed }))
  queue.add([requestFor('a')])
  await settle()
  expect(states()).toEqual(['a waiting'])
  expect(queue.getSnapshot().isPaused).toBe(true)
})

test('another account sees nothing of the queue', async () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a')])
  queue.connect(null)
  queue.connect(connection({ account: 'bob', keyId: 'key-9' }))
  await settle()
  expect(queue.getSnapshot().uploads).toEqual([])
  expect(first(tries).send.signal?.aborted).toBe(true)
  expect(tries).toHaveLength(1)
})

test('bytes show four times a second at most, steps of life at once', async () => {
  const { queue, tries, connection, row, passTime } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a', 1_000), requestFor('b')])
  first(tries).begin()
  let shown = 0
  queue.subscribe(() => {
    shown += 1
  })
  await passTime(1_000)
  shown = 0
  for (let sentBytes = 1; sentBytes <= 500; sentBytes += 1) {
    first(tries).send.onProgress?.({ sentBytes, totalBytes: 1_000 })
  }
  expect(shown).toBe(0)
  expect(row('a').sentBytes).toBe(0)
  await passTime(250)
  expect(shown).toBe(1)
  expect(row('a')).toMatchObject({ sentBytes: 500, bytesPerSecond: 500, secondsLeft: 1 })
  first(tries, 1).begin()
  expect(row('b').state).toBe('sending')
})

test('a row that did not change keeps its identity, and so do the totals', async () => {
  const { queue, tries, connection, row, passTime } = uploadWorld()
  queue.connect(connection())
  queue.add([requestFor('a'), requestFor('b')])
  first(tries).begin()
  const before = { b: row('b'), totals: queue.getSnapshot().totals }
  first(tries).send.onProgress?.({ sentBytes: 5, totalBytes: 10 })
  await passTime(250)
  expect(row('a').sentBytes).toBe(5)
  expect(row('b')).toBe(before.b)
  expect(queue.getSnapshot().totals).toBe(before.totals)
})

test('the forecast counts the requests that are still to be made', () => {
  const { queue, tries, connection } = uploadWorld()
  queue.connect(connection())
  queue.add(Array.from({ length: 2_143 }, (_, index) => requestFor(`${index}`)))
  for (const { begin } of tries) begin()
  expect(queue.getSnapshot()).toMatchObject({
    totals: { unfinished: 2_143, sending: 3, waiting: 2_140 },
    forecast: { seconds: 2_140, limitedBy: 'requests', requestsPerMinute: 60 },
  })
})

test('clearing takes what is over off the list and leaves the rest', async () => {
  const { queue, tries, connection, row, states } = uploadWorld()
  queue.connect(connection())
  queue.add(['a', 'b', 'c'].map((name) => requestFor(name)))
  await first(tries).end(sent(first(tries).send))
  queue.cancel(row('b').id)
  queue.clearFinished()
  expect(states()).toEqual(['c waiting'])
})

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
