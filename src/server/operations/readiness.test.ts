import fastify from 'fastify'
import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { addReadiness, type StoreReach } from './readiness.ts'

function serverOn(store: StoreReach) {
  const app = fastify()
  let now = 0
  const readiness = addReadiness(app, { ...systemClock, monotonic: () => now })
  readiness.watch(store)
  return {
    readiness,
    later: (ms: number) => {
      now += ms
    },
    async ask() {
      const { statusCode, body } = await app.inject('/readyz')
      return statusCode === 200 ? 'ready' : (JSON.parse(body).message as string)
    },
  }
}

const yes = async () => true

test('a database that fails and one that never answers are not reached', async () => {
  let answer: () => Promise<boolean> = yes
  const server = serverOn({ database: () => answer(), blobs: yes })
  expect(await server.ask()).toBe('ready')
  answer = () => Promise.reject(new Error('ECONNREFUSED'))
  server.later(1_000)
  expect(await server.ask()).toBe('The database is not reached.')
  let looks = 0
  const hung = Promise.withResolvers<boolean>()
  answer = () => {
    looks += 1
    return hung.promise
  }
  server.later(1_000)
  // However many ask, a database that hangs has one look to answer.
  const asked = await Promise.all([server.ask(), server.ask(), server.ask()])
  expect(new Set(asked)).toEqual(new Set(['The database is not reached.']))
  expect(looks).toBe(1)
  hung.resolve(true)
  await hung.promise
  server.later(1_000)
  answer = yes
  expect(await server.ask()).toBe('ready')
})

test('stored bytes are looked at twice a second at most, whether they were there or not', async () => {
  let looks = 0
  let isThere = true
  const blobs = async () => {
    looks += 1
    return isThere
  }
  const server = serverOn({ database: yes, blobs })
  for (let times = 0; times < 5; times++) expect(await server.ask()).toBe('ready')
  isThere = false
  server.later(499)
  expect(await server.ask()).toBe('ready')
  server.later(1)
  expect(await server.ask()).toBe('The stored bytes are not reached.')
  expect(looks).toBe(2)
})

test('a server that is about to end asks nobody any more', async () => {
  const server = serverOn({ database: yes, blobs: yes })
  server.readiness.end()
  expect(await server.ask()).toContain('ending')
})
