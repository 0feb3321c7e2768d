import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { createSharedWindows } from '#server/http/limits/shared-windows.ts'
import { createStoredAddresses } from '#server/storage/postgres/known-addresses.ts'
import { createLeaseLocks } from '#server/storage/postgres/lease-locks.ts'
import { createRateWindows } from '#server/storage/postgres/rate-windows.ts'
import { openTestServers, type TestServers } from '#server/testing/test-servers.ts'
import { createAccountGuesses, createSignInLimiter } from './sign-in-limits.ts'

function startServers({ databases }: TestServers) {
  return databases.map((database) => {
    const store = createRateWindows(database)
    const limiters = createSharedWindows({ store, clock: systemClock, warn: () => {} })
    const known = createStoredAddresses(database)
    const guesses = createAccountGuesses({ limiters, locks: createLeaseLocks(database), known })
    return { limiter: createSignInLimiter(limiters), guesses }
  })
}

test('five tries of an address are five, on however many servers it makes them', async () => {
  await using servers = await openTestServers()
  const started = startServers(servers)
  const consume = () =>
    started.map(({ limiter }) => limiter.consume('192.0.2.1|/sign-in', { window: 60, max: 5 }))
  const tries = await Promise.all(Array.from({ length: 5 }, consume).flat())
  expect(tries.filter((one) => one?.allowed)).toHaveLength(5)
})

test('twenty wrong passwords for an account are twenty on three servers, and its known addresses are let in by all', async () => {
  await using servers = await openTestServers()
  const started = startServers(servers)
  const [one, other] = started
  const answer = (status: number) => async () => new Response(null, { status })
  const own = { username: 'alice', address: '198.51.100.1' }
  await one?.guesses.guard(own, answer(200))
  const guess = (server: number, index: number) =>
    started[server]?.guesses
      .guard({ username: 'alice', address: `192.0.2.${index}` }, answer(401))
      .then(({ status }) => status)
      .catch(({ code }) => code)
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, index) => guess(index % 3, index)),
  )
  expect(outcomes.filter((outcome) => outcome === 401)).toHaveLength(20)
  expect(outcomes.filter((outcome) => outcome === 'rate_limited')).toHaveLength(10)
  expect((await other?.guesses.guard(own, answer(200)))?.status).toBe(200)
})
