import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createImportQueue } from './import-queue.ts'

type Job = { id: string; signal: AbortSignal; end(): void }

/** A queue whose runs end when the test says so, or when they are aborted. */
function createQueue(concurrency: number) {
  const started: Job[] = []
  const queue = createImportQueue(concurrency, (id, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve())
    started.push({ id, signal, end: resolve })
    return promise
  })
  const names = () => started.map(({ id }) => id)
  const end = async (id: string) => {
    started.find((job) => job.id === id)?.end()
    await turn()
  }
  return { queue, started, names, end }
}

test('as many run as may, the rest in the order in which they came', async () => {
  const { queue, names, end } = createQueue(2)
  for (const id of ['a', 'b', 'c', 'd']) queue.add({ id, userId: 'one' })
  expect(names()).toEqual(['a', 'b'])
  await end('b')
  expect(names()).toEqual(['a', 'b', 'c'])
  await end('a')
  expect(names()).toEqual(['a', 'b', 'c', 'd'])
})

test('one link of somebody else does not wait for a hundred of the first', async () => {
  const { queue, names, end } = createQueue(2)
  for (const id of ['a1', 'a2', 'a3', 'a4']) queue.add({ id, userId: 'alice' })
  queue.add({ id: 'b1', userId: 'bob' })
  await end('a1')
  expect(names()).toEqual(['a1', 'a2', 'b1'])
})

test('a waiting import that is cancelled never starts', async () => {
  const { queue, names, end } = createQueue(1)
  for (const id of ['a', 'b', 'c']) queue.add({ id, userId: 'one' })
  await queue.cancel('b')
  await end('a')
  expect(names()).toEqual(['a', 'c'])
})

test('cancelling a running import ends it before the promise resolves, and the next one starts', async () => {
  const { queue, started, names } = createQueue(1)
  queue.add({ id: 'a', userId: 'one' })
  queue.add({ id: 'b', userId: 'one' })
  await queue.cancel('a')
  expect(started[0]?.signal.aborted).toBe(true)
  await turn()
  expect(names()).toEqual(['a', 'b'])
})

test('after stopping nothing runs and nothing starts', async () => {
  const { queue, started, names } = createQueue(1)
  for (const id of ['a', 'b']) queue.add({ id, userId: 'one' })
  await queue.stop()
  await turn()
  queue.add({ id: 'c', userId: 'one' })
  expect(started[0]?.signal.aborted).toBe(true)
  expect(names()).toEqual(['a'])
})
