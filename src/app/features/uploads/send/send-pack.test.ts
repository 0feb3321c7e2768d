import { expect, test } from 'vitest'
import { ApiError } from '#app/api/http/api-error.ts'
import type { SendBatch } from '#app/api/http/send-batch.ts'
import type { SendOutcome } from '#app/api/http/send-file.ts'
import type { UploadQueueOptions } from '#app/features/uploads/queue/upload-connection.ts'
import { packLimits, type UploadConnection } from '#app/features/uploads/upload.ts'
import { settle } from '#app/testing/manual-clock.ts'
import { first, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'
import type { UploadBatchReply } from '#contract/uploads.ts'
import { sendPack } from './send-pack.ts'

type Outcome = SendOutcome<UploadBatchReply>
type Result = UploadBatchReply['results'][number]

/** A handful goes one by one: these come along, and no test looks at them. */
const company = Array.from({ length: 12 }, (_, index) => `+${index}`)
const isOfTest = (text: string) => !text.startsWith('+')

/** A server that takes many files in one request; the test ends each. */
function packWorld(options: UploadQueueOptions = {}, change: Partial<UploadConnection> = {}) {
  const world = uploadWorld({ sendUpload: sendPack, ...options })
  const packs: { send: SendBatch; names: string[]; end(outcome: Outcome): Promise<void> }[] = []
  const connection = world.connection({
    offersBatch: async () => true,
    sendBatch: (send) =>
      new Promise((resolve, reject) => {
        const { signal } = send
        signal?.addEventListener('abort', () => reject(signal.reason))
        send.onStart?.()
        const names = send.files.map(({ name }) => name).filter(isOfTest)
        const end = async (outcome: Outcome) => {
          resolve(outcome)
          await settle()
        }
        packs.push({ send, names, end })
      }),
    ...change,
  })
  world.queue.connect(connection)
  const add = async (...names: string[]) => {
    void world.queue.add([...names, ...company].map((name) => requestFor(name)))
    await settle()
  }
  const states = () => world.states().filter(isOfTest)
  return { ...world, packs, add, states }
}

const refusal = (code: string, message = 'No.'): Result => ({ status: 'error', code, message })

function answer({ files }: SendBatch, others: Record<string, Result> = {}): Outcome {
  const results = files.map(({ file, folder, name }): Result => {
    const stored = { tracking_id: 't', file_name: name, size: file.size, link: '/t', folder }
    return others[name] ?? { status: 'ok', file: stored }
  })
  return { outcome: 'sent', reply: { status: 'ok', results } }
}

const refuse = (code: string, status: number): Outcome => ({
  ...{ outcome: 'refused', mayHaveArrived: false },
  error: new ApiError({ code, status, message: 'No.' }),
})

test('files that wait go along with the first, in one request', async () => {
  const arrived: string[] = []
  const { packs, tries, add, states } = packWorld({
    onUploaded: ({ name }) => isOfTest(name) && arrived.push(name),
  })
  await add('a', 'b', 'c', 'd', 'e')
  expect(packs.map(({ names }) => names)).toEqual([['a', 'd', 'e']])
  expect(tries.map(({ send }) => send.name)).toEqual(['b', 'c'])
  await first(packs).end(answer(first(packs).send))
  expect(states()).toEqual(['a done', 'b waiting', 'c waiting', 'd done', 'e done'])
  expect(arrived).toEqual(['a', 'd', 'e'])
})

test('where the server does not offer it each file goes by itself', async () => {
  const { packs, tries, add } = packWorld({}, { offersBatch: async () => false })
  await add('a', 'b', 'c', 'd')
  expect(packs).toEqual([])
  expect(tries).toHaveLength(3)
})

test('a handful of files go three at a time, each by itself', async () => {
  const { queue, packs, tries, states } = packWorld()
  void queue.add(['a', 'b', 'c', 'd', 'e'].map((name) => requestFor(name)))
  await settle()
  for (const { begin } of tries) begin()
  expect(packs).toEqual([])
  expect(states()).toEqual(['a running', 'b running', 'c running', 'd waiting', 'e waiting'])
})

test('a thousand small files take a few requests, and the forecast counts those', async () => {
  const { queue, packs, tries } = packWorld()
  await queue.add(Array.from({ length: 1_000 }, (_, index) => requestFor(`${index}`)))
  await settle()
  expect(packs.map(({ names }) => names.length)).toEqual([250, 250, 250])
  expect(queue.requestsFor(250, 2_500)).toBe(1)
  for (const pack of [...packs]) await pack.end(answer(pack.send))
  expect(packs.map(({ names }) => names.length)).toEqual([250, 250, 250, 250])
  expect(tries).toEqual([])
})

test('a pack has so many bytes and no large file', async () => {
  const { queue, packs, tries } = packWorld({}, { maxBytes: 1e9 })
  const sized = (name: string, size: number) => {
    const request = requestFor(name)
    Object.defineProperty(request.file, 'size', { value: size })
    return request
  }
  const photos = Array.from({ length: 20 }, (_, index) => sized(`photo ${index}`, 4 * 1024 * 1024))
  void queue.add([sized('film', packLimits.fileBytes + 1), ...photos])
  await settle()
  expect(tries.map(({ send }) => send.name)).toEqual(['film'])
  expect(packs.map(({ names }) => names.length)).toEqual([8, 8])
})

test('a file that the server refuses fails alone', async () => {
  const { packs, add, states, row } = packWorld()
  await add('a', 'b', 'c', 'd', 'e')
  const others = { d: refusal('invalid_request', 'File names must not be odd.') }
  await first(packs).end(answer(first(packs).send, others))
  expect(states()).toEqual(['a done', 'b waiting', 'c waiting', 'd failed', 'e done'])
  expect(row('d').failure).toMatchObject({ error: { message: 'File names must not be odd.' } })
})

test('a lost answer is asked for again with the same key and files', async () => {
  const { packs, add, states, pauses, sought } = packWorld()
  await add('a', 'b', 'c', 'd')
  await first(packs).end({ outcome: 'unclear' })
  expect(states()[0]).toBe('a waiting')
  await first(pauses)()
  expect(packs).toHaveLength(2)
  expect(first(packs, 1).names).toEqual(['a', 'd'])
  expect(first(packs, 1).send.idempotencyKey).toBe(first(packs).send.idempotencyKey)
  expect(sought).toEqual([])
  await first(packs, 1).end(answer(first(packs, 1).send))
  expect(states()).toEqual(['a done', 'b waiting', 'c waiting', 'd done'])
})

test.each(['a', 'd'])(
  'cancelling %s while it is sent breaks the request off, and the others go in another',
  async (name) => {
    const { queue, packs, add, row, states } = packWorld()
    await add('a', 'b', 'c', 'd', 'e')
    queue.abort(row(name).id)
    await settle()
    expect(first(packs).send.signal?.aborted).toBe(true)
    expect(row(name).state).toBe('cancelled')
    const rest = ['a', 'd', 'e'].filter((other) => other !== name)
    expect(first(packs, 1).names).toEqual(rest)
    expect(first(packs, 1).send.idempotencyKey).not.toBe(first(packs).send.idempotencyKey)
    await first(packs, 1).end(answer(first(packs, 1).send))
    for (const other of rest) expect(row(other).state).toBe('done')
    expect(states().filter((state) => state.endsWith('cancelled'))).toHaveLength(1)
  },
)

test('a file that is cancelled once all is sent waits for the answer, which tells that it arrived', async () => {
  const { queue, packs, add, row } = packWorld()
  await add('a', 'b', 'c', 'd')
  first(packs).send.onAllSent?.()
  queue.abort(row('d').id)
  await settle()
  expect(row('d')).toMatchObject({ state: 'running', isAborting: true })
  await first(packs).end(answer(first(packs).send))
  expect(row('d')).toMatchObject({ state: 'done', note: 'arrived_first' })
  expect(row('a')).toMatchObject({ state: 'done', note: null })
})

test('cancelling all ends what is on its way with others, too', async () => {
  const { queue, packs, add, states } = packWorld()
  await add('a', 'b', 'c', 'd')
  queue.abortAll()
  await settle()
  expect(states()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name} cancelled`))
  expect(packs).toHaveLength(1)
})

test('a file that was changed fails alone, and the others go in another request', async () => {
  const canRead = async ({ name }: File) => name !== 'd'
  const { packs, add, states } = packWorld({ canRead })
  await add('a', 'b', 'c', 'd', 'e')
  await first(packs).end({ outcome: 'lost' })
  expect(first(packs, 1).names).toEqual(['a', 'e'])
  expect(states()[3]).toBe('d failed')
})

test.each([
  ['invalid_request', 400],
  ['server_error', 500],
] as const)('a pack that is refused with %s is taken apart', async (code, status) => {
  const { packs, tries, add } = packWorld()
  await add('a', 'b', 'c', 'd', 'e')
  await first(packs).end(refuse(code, status))
  expect(packs).toHaveLength(1)
  expect(tries.map(({ send }) => send.name)).toEqual(['b', 'c', 'a'])
  await first(tries).end(sent(first(tries).send))
  expect(tries.map(({ send }) => send.name)).toEqual(['b', 'c', 'a', 'd'])
})

test('what takes no packs is sent none any more', async () => {
  const { packs, tries, add } = packWorld()
  await add('a', 'b', 'c', 'd')
  await first(packs).end(refuse('foreign_answer', 413))
  for (const one of tries) await one.end(sent(one.send))
  await add('x', 'y', 'z', 'q', 'r')
  expect(packs).toHaveLength(1)
})

test('a refused key pauses the queue, and another goes on with all of them', async () => {
  const { queue, packs, add, states } = packWorld()
  await add('a', 'b', 'c', 'd')
  await first(packs).end(refuse('invalid_key', 401))
  expect(queue.getSnapshot().isPaused).toBe(true)
  expect(states()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name} waiting`))
})

test('progress is of each file', async () => {
  const { packs, add, row, passTime } = packWorld()
  await add('a', 'b', 'c', 'd', 'e')
  await passTime(1_000)
  first(packs).send.onProgress?.(1, 5)
  expect(row('a')).toMatchObject({ state: 'running', sentBytes: 10, bytesPerSecond: null })
  expect(row('d')).toMatchObject({ state: 'running', sentBytes: 5, bytesPerSecond: 15 })
  expect(row('e')).toMatchObject({ state: 'running', sentBytes: 0 })
})
