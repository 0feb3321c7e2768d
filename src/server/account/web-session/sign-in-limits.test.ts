import { expect, test } from 'vitest'
import { ApiFailure } from '#server/core/failure.ts'
import { createLocks } from '#server/core/locks.ts'
import { createSlidingWindows } from '#server/http/limits/sliding-windows.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { addTestUser, openTestBrowser, refusalOf } from '#server/testing/test-browser.ts'
import { createAccountGuesses, createKnownAddresses } from './sign-in-limits.ts'

function guessesBy(monotonic: () => number) {
  const limiters = createSlidingWindows({ clock: { now: Date.now, monotonic } })
  return createAccountGuesses({ limiters, locks: createLocks(), known: createKnownAddresses() })
}

/** Tries to sign in to "alice"; gives the status of the answer, or the seconds to wait. */
function startGuessing() {
  const clock = { now: 0 }
  const guesses = guessesBy(() => clock.now)
  const attempt = async (address: string, status: number, username = 'alice') => {
    try {
      const signIn = async () => new Response(null, { status })
      return (await guesses.guard({ username, address }, signIn)).status
    } catch (error) {
      return error instanceof ApiFailure ? { wait: error.retryAfter } : error
    }
  }
  return { clock, attempt }
}

test('twenty wrong passwords a minute for one account, from however many addresses, all at once', async () => {
  const { clock, attempt } = startGuessing()
  const tries = Array.from({ length: 150 }, (_, index) => attempt(`192.0.2.${index}`, 401))
  const outcomes = await Promise.all(tries)
  expect(outcomes.filter((outcome) => outcome === 401)).toHaveLength(20)
  expect(outcomes.at(-1)).toEqual({ wait: 60 })
  // Others are not held up by it.
  expect(await attempt('192.0.2.1', 401, 'bob')).toBe(401)
  clock.now = 60_000
  expect(await attempt('192.0.2.1', 401)).toBe(401)
})

test('a hundred and fifty right passwords at once are no guesses', async () => {
  const { attempt } = startGuessing()
  const tries = Array.from({ length: 150 }, (_, index) => attempt(`192.0.2.${index}`, 200))
  expect(new Set(await Promise.all(tries))).toEqual(new Set([200]))
})

test('guesses of others do not lock the owner out where he signed in before', async () => {
  const { attempt } = startGuessing()
  await attempt('198.51.100.7', 200)
  await Promise.all(Array.from({ length: 30 }, (_, index) => attempt(`192.0.2.${index}`, 401)))
  expect(await attempt('192.0.2.1', 200)).toEqual({ wait: 60 })
  expect(await attempt('198.51.100.7', 200)).toBe(200)
})

test('an attempt that fails by itself holds nobody up', async () => {
  const guesses = guessesBy(() => 0)
  const who = { username: 'alice', address: '192.0.2.1' }
  const broken = guesses.guard(who, () => Promise.reject(new Error('disk')))
  await expect(broken).rejects.toThrow('disk')
  expect((await guesses.guard(who, async () => new Response())).status).toBe(200)
})

test('guessing is stopped after ten tries a minute, also with the right password, and goes on later', async () => {
  let elapsed = 0
  const clock = { now: () => Date.now(), monotonic: () => elapsed }
  await using server = await startTestServer({ dependencies: { clock } })
  const password = await addTestUser(server, 'alice')
  const browser = openTestBrowser(server)

  for (let guess = 0; guess < 10; guess += 1) {
    expect((await browser.signIn('alice', `guess-${guess}`)).status).toBe(401)
    elapsed += 1000
  }
  const stopped = await browser.signIn('alice', password)
  expect(stopped.headers.get('retry-after')).toBe('50')
  expect(await refusalOf(stopped)).toEqual([429, 'rate_limited'])

  elapsed = 59_999
  expect((await browser.signIn('alice', password)).status).toBe(429)
  elapsed = 60_000
  expect((await browser.signIn('alice', password)).status).toBe(200)
})

test('a header that names another address does not open a fresh row of guesses', async () => {
  await using server = await startTestServer()
  const browser = openTestBrowser(server)
  const statuses: number[] = []
  for (let guess = 0; guess < 11; guess += 1) {
    const headers = {
      'x-forwarded-for': `203.0.113.${guess}`,
      'x-barkeep-client-address': `203.0.113.${guess}`,
    }
    statuses.push((await browser.signIn('nobody', 'wrong-password', { headers })).status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429])
})
