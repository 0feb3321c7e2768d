import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { AccessHolder } from '#server/core/access-watch.ts'
import { createImportQueue } from './import-queue.ts'

type Job = { id: string; signal: AbortSignal; end(): void }

/** A queue whose runs end when the test says so, or when they are aborted. */
function createQueue(concurrency: number) {
  const started: Job[] = []
  const watches = new Map<string, AbortController>()
  const access = {
    watch: ({ keyId }: AccessHolder) => {
      const watch = new AbortController()
      watches.set(keyId ?? '', watch)
      return { signal: watch.signal, [Symbol.dispose]: () => void watches.delete(keyId ?? '') }
    },
  }
  const add = (id: string, userId = 'one') => queue.add({ id, userId, keyId: `key of ${id}` })
  const tasks = { unfinished: async () => [] }
  const queue = createImportQueue(
    { concurrency, access, tasks },
    (id, { stopped, accessEnded }) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const signal = AbortSignal.any([stopped, accessEnded])
      signal.addEventListener('abort', () => resolve())
      if (signal.aborted) resolve()
      started.push({ id, signal, end: resolve })
      return promise
    },
  )
  const names = () => started.map(({ id }) => id)
  const end = async (id: string) => {
    started.find((job) => job.id === id)?.end()
    await turn()
  }
  const revoke = (id: string) => watches.get(`key of ${id}`)?.abort(new Error('revoked'))
  return { queue, add, started, names, end, revoke, watches }
}

test('as many run as may, the rest in the order in which they came', async () => {
  const { add, names, end } = createQueue(2)
  for (const id of ['a', 'b', 'c', 'd']) add(id, 'one')
  expect(names()).toEqual(['a', 'b'])
  await end('b')
  expect(names()).toEqual(['a', 'b', 'c'])
  await end('a')
  expect(names()).toEqual(['a', 'b', 'c', 'd'])
})

test('one link of somebody else does not wait for a hundred of the first', async () => {
  const { add, names, end } = createQueue(2)
  for (const id of ['a1', 'a2', 'a3', 'a4']) add(id, 'alice')
  add('b1', 'bob')
  await end('a1')
  expect(names()).toEqual(['a1', 'a2', 'b1'])
})

test('after stopping nothing runs and nothing starts', async () => {
  const { queue, add, started, names } = createQueue(1)
  for (const id of ['a', 'b']) add(id, 'one')
  await queue.stop()
  await turn()
  add('c', 'one')
  expect(started[0]?.signal.aborted).toBe(true)
  expect(names()).toEqual(['a'])
})

test('an import that waits ends at once when its access ends, and takes no place', async () => {
  const { add, started, names, end, revoke, watches } = createQueue(1)
  for (const id of ['a', 'b', 'c']) add(id)
  revoke('b')
  await turn()
  expect(names()).toEqual(['a', 'b'])
  expect(started.map(({ signal }) => signal.aborted)).toEqual([false, true])
  await end('a')
  expect(names()).toEqual(['a', 'b', 'c'])
  await end('c')
  expect(watches.size).toBe(0)
})
