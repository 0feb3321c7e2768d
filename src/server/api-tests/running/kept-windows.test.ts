import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Clock } from '#server/core/clock.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { openTestBrowser } from '#server/testing/test-browser.ts'

/** A clock that stands still until it is moved. */
function handClock(): Clock & { ms: number; wallMs: number } {
  const clock = {
    ms: 0,
    wallMs: 0,
    bootId: 'one',
    now: () => 1_782_326_085_500 + clock.ms + clock.wallMs,
    monotonic: () => 5_000 + clock.ms,
  }
  return clock
}

test('a restart inside a window admits no more, however the wall clock jumps meanwhile', async () => {
  const clock = handClock()
  await using server = await startTestServer({ config: { rateLimit: 3 }, dependencies: { clock } })
  const status = async () => (await server.get('/api/v1/me')).status
  for (const jump of [0, 3_600_000, -7_200_000]) {
    expect([await status(), await status()]).toEqual([200, 200])
    clock.ms += 20_000
    clock.wallMs += jump
    await server.restart()
    expect([await status(), await status()]).toEqual([200, 429])
    clock.ms += 39_999
    await server.restart()
    expect(await status()).toBe(429)
    clock.ms += 1
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
    clock.ms += 70_000
  }
})

test('after a start of the machine the wall clock counts, and a time to come is now', async () => {
  const clock = handClock()
  await using server = await startTestServer({ config: { rateLimit: 1 }, dependencies: { clock } })
  const status = async () => (await server.get('/api/v1/me')).status
  expect(await status()).toBe(200)
  Object.assign(clock, { bootId: 'two', ms: 30_000, wallMs: -90_000 })
  await server.restart()
  expect(await status()).toBe(429)
  clock.ms += 60_000
  expect(await status()).toBe(200)
})

test('a journal that a kill cut short, or that holds nonsense, is read as far as it goes', async () => {
  const clock = handClock()
  await using server = await startTestServer({ config: { rateLimit: 1 }, dependencies: { clock } })
  expect((await server.get('/api/v1/me')).status).toBe(200)
  const nonsense = '["key","x"]\n[]\nnull\n["key","y",1,"z"]\n{"key":1}\n["key","cut sh'
  await appendFile(join(server.dataFolder, 'rate-windows-0.log'), nonsense)
  await server.restart()
  expect((await server.get('/api/v1/me')).status).toBe(429)
})

test('wrong passwords and unknown keys are not forgotten by a restart, either', async () => {
  const clock = handClock()
  await using server = await startTestServer({ config: { rateLimit: 2 }, dependencies: { clock } })
  const guess = { key: `csb_live_${'0'.repeat(28)}` }
  await server.get('/api/v1/me', guess)
  await server.get('/api/v1/me', guess)
  for (let tries = 0; tries < 10; tries += 1) {
    await openTestBrowser(server).signIn('nobody', 'wrong-password')
  }
  await server.restart()
  expect((await server.get('/api/v1/me', guess)).status).toBe(429)
  expect((await openTestBrowser(server).signIn('nobody', 'wrong-password')).status).toBe(429)
})

test('what was let through is in the file before its answer: a kill in the next moment loses nothing', async () => {
  await using server = await startTestServer({ config: { rateLimit: 5 } })
  await server.get('/api/v1/me')
  await server.get('/api/v1/me')
  const text = await readFile(join(server.dataFolder, 'rate-windows-0.log'), 'utf8')
  expect(text.match(/^\["key",/gm)).toHaveLength(2)
})
