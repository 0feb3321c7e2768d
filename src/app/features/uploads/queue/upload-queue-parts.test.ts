import { expect, test } from 'vitest'
import type { SendOutcome } from '#app/api/http/send-file.ts'
import type { SendResumable } from '#app/api/http/send-resumable.ts'
import type { ArrivedFile } from '#app/features/uploads/upload.ts'
import { failureText } from '#app/features/uploads/view/upload-text.ts'
import { settle } from '#app/testing/manual-clock.ts'
import { first, memoryJournal, requestFor, sent, uploadWorld } from '#app/testing/upload-world.ts'

const size = 100_000_000
const at = '/api/v1/upload/resumable/1'
const arrived: ArrivedFile = {
  file_name: 'film',
  size,
  link: 'https://s.example/t',
  folder: '/Films/',
}

/** A file of 100 MB, as far as anybody asks for its size. */
function largeRequest(name = 'film') {
  const request = requestFor(name)
  Object.defineProperty(request.file, 'size', { value: size })
  return request
}

type Part = { send: SendResumable; end(outcome: SendOutcome<ArrivedFile>): Promise<void> }

function partsWorld(journal = memoryJournal(), offers = true) {
  const world = uploadWorld({ journal: journal.access })
  const parts: Part[] = []
  const ended: string[] = []
  world.queue.connect(
    world.connection({
      maxBytes: 1_000_000_000,
      offersResumable: async () => offers,
      sendResumable: (send) =>
        new Promise((resolve, reject) => {
          send.signal?.addEventListener('abort', () => reject(send.signal?.reason))
          const end = async (outcome: SendOutcome<ArrivedFile>) => {
            resolve(outcome)
            await settle()
          }
          parts.push({ send, end })
        }),
      endResumable: async (address) => void ended.push(address),
    }),
  )
  return { ...world, parts, ended, journal }
}

test('a large file goes in parts, and after a break from where it stopped, with its progress in sight', async () => {
  const { queue, parts, pauses, sought, row, tries } = partsWorld()
  queue.add([largeRequest(), requestFor('small')])
  await settle()
  const one = first(parts)
  expect(one.send.at).toBe(null)
  one.send.onAddress(at)
  one.send.onStart?.(0)
  one.send.onProgress?.({ sentBytes: 60_000_000, totalBytes: size })
  await one.end({ outcome: 'unclear' })
  expect(row('film')).toMatchObject({
    ...{ state: 'waiting', note: 'no_connection', sentBytes: 60_000_000 },
  })
  await first(pauses)()
  const next = first(parts, 1)
  expect(next.send).toMatchObject({ at, idempotencyKey: one.send.idempotencyKey })
  next.send.onStart?.(55_000_000)
  expect(row('film')).toMatchObject({ state: 'running', sentBytes: 55_000_000 })
  await next.end({ outcome: 'sent', reply: arrived })
  expect(row('film')).toMatchObject({ state: 'done', arrived })
  // Its upload knows whether it arrived: no folder is listed for that.
  expect(sought).toEqual([])
  expect(tries.map(({ send }) => send.name)).toEqual(['small'])
})

test('after a reload it goes on in its row with the same file, and a changed file begins anew', async () => {
  const journal = memoryJournal()
  const before = partsWorld(journal)
  const request = largeRequest()
  before.queue.add([request])
  await settle()
  first(before.parts).send.onAddress(at)
  await settle()
  expect([...journal.kept.values()]).toMatchObject([{ name: 'film', resumeAt: at }])

  const after = partsWorld(journal)
  await settle()
  const { failure } = after.row('film')
  expect(failure).toMatchObject({ code: 'interrupted', from: 'break' })
  expect(failure && failureText(failure, 'film').reason).toContain('goes on where it stopped')
  after.queue.retry(after.row('film').id, request.file)
  await settle()
  expect(first(after.parts).send.at).toBe(at)

  const changed = partsWorld(journal)
  await settle()
  const other = new File(['other'], 'film', { lastModified: 1 })
  Object.defineProperty(other, 'size', { value: size })
  changed.queue.retry(changed.row('film').id, other)
  await settle()
  expect(first(changed.parts).send.at).toBe(null)
})

test('who cancels it, or dismisses what was interrupted, deletes what came of it; a pause does not', async () => {
  const journal = memoryJournal()
  const { queue, parts, ended, connection, row } = partsWorld(journal)
  queue.add([largeRequest()])
  await settle()
  first(parts).send.onAddress(at)
  // The key is gone for a while.
  queue.connect(null)
  expect(ended).toEqual([])
  queue.connect(
    connection({ maxBytes: 1_000_000_000, endResumable: async (one) => void ended.push(one) }),
  )
  await settle()
  queue.abort(row('film').id)
  expect(row('film').state).toBe('cancelled')
  expect(ended).toEqual([at])

  const left = memoryJournal()
  const before = partsWorld(left)
  before.queue.add([largeRequest()])
  await settle()
  first(before.parts).send.onAddress(at)
  await settle()
  const after = partsWorld(left)
  await settle()
  after.queue.abort(after.row('film').id)
  expect(after.ended).toEqual([at])
})

test('where nothing is offered it goes whole, and what broke off says that it starts again', async () => {
  const journal = memoryJournal()
  const { queue, parts, tries, row } = partsWorld(journal, false)
  queue.add([largeRequest()])
  await settle()
  expect(parts).toEqual([])
  const one = first(tries)
  one.begin()
  one.send.onProgress?.({ sentBytes: 5, totalBytes: size })
  await one.end({ outcome: 'lost' })
  expect(row('film')).toMatchObject({ state: 'waiting', note: 'starts_again', sentBytes: 0 })
  const failure = { code: 'interrupted', reopens: false, from: 'start' } as const
  expect(failureText(failure, 'film').reason).toContain('starts again from the beginning')
})

test('one that goes on where it stopped can be paused alone: the others go ahead, until it is to go on', async () => {
  const { queue, parts, tries, row } = partsWorld()
  queue.add(['film', 'other'].map((name) => largeRequest(name)))
  queue.add(['a', 'b', 'c'].map((name) => requestFor(name)))
  await settle()
  const [one] = parts
  one?.send.onAddress(at)
  one?.send.onStart?.(0)
  one?.send.onProgress?.({ sentBytes: 60_000_000, totalBytes: size })
  expect(row('film')).toMatchObject({ state: 'running', isInParts: true })
  expect(tries).toHaveLength(1)
  queue.pauseOne(row('film').id)
  await settle()
  expect(row('film')).toMatchObject({ state: 'waiting', note: 'paused', sentBytes: 60_000_000 })
  expect(one?.send.signal?.aborted).toBe(true)
  expect(tries).toHaveLength(2)
  // What cannot go on later is not broken off.
  first(tries).begin()
  queue.pauseOne(row('a').id)
  expect([row('a').state, first(tries).send.signal?.aborted]).toEqual(['running', false])
  queue.startNext(row('film').id)
  expect(row('film').note).toBeNull()
  await first(tries).end(sent(first(tries).send))
  expect(parts.at(-1)?.send).toMatchObject({ at, name: 'film' })
  queue.pauseOne(row('film').id)
  await settle()
  queue.goOn()
  expect(row('film').note).toBeNull()
  await first(tries, 1).end(sent(first(tries, 1).send))
  expect(parts.filter(({ send }) => send.name === 'film')).toHaveLength(3)
})
