import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { systemClock } from '#server/core/clock.ts'
import { startUpstream } from '#server/testing/test-upstream.ts'
import { createReadAdditions } from './read-additions.ts'

const barkeep = { status: 'ok', mode: 'own', version: '9.0.0' }

function* endless() {
  for (;;) yield '['.repeat(1000)
}

test.each<[string, RequestListener, string[]]>([
  [
    'a Barkeep, also of words that are new',
    (_, to) => to.end(JSON.stringify({ ...barkeep, additions: ['limit', 'holograms'] })),
    ['limit', 'holograms'],
  ],
  ['a Barkeep of before', (_, to) => to.end(JSON.stringify(barkeep)), []],
  ['a refusal', (_, to) => to.writeHead(404).end(JSON.stringify(barkeep)), []],
  ['a page', (_, to) => to.end('<!doctype html>'), []],
  ['another make', (_, to) => to.end('{"status":"ok","additions":["limit"]}'), []],
  ['half an answer', (_, to) => to.write('{', () => to.destroy()), []],
  ['an answer without end', (_, to) => Readable.from(endless()).pipe(to), []],
  ['silence', () => {}, []],
])('of an upstream, %s is told as it should', async (_what, answer, expected) => {
  await using upstream = await startUpstream(answer)
  expect(await createReadAdditions(upstream.origin, systemClock)()).toEqual(expected)
})

test('of an upstream that nobody answers for nothing is told', async () => {
  const upstream = await startUpstream(() => {})
  await upstream[Symbol.asyncDispose]()
  expect(await createReadAdditions(upstream.origin, systemClock)()).toEqual([])
})

test('an upstream is asked once a minute without a key, and sooner where it did not tell', async () => {
  let now = 0
  let asked = 0
  let isUp = true
  await using upstream = await startUpstream((request, response) => {
    expect(request.url).toBe('/api/server')
    expect(request.headers).not.toHaveProperty('authorization')
    asked += 1
    response.writeHead(isUp ? 200 : 503)
    response.end(JSON.stringify({ ...barkeep, additions: [`answer ${asked}`] }))
  })
  const clock = { now: () => now, monotonic: () => now }
  const read = createReadAdditions(upstream.origin, clock)

  const together = await Promise.all([read(), read(), read()])
  expect(together).toEqual([['answer 1'], ['answer 1'], ['answer 1']])
  now = 59_000
  expect(await read()).toEqual(['answer 1'])
  now = 60_000
  expect(await read()).toEqual(['answer 2'])
  isUp = false
  now = 120_000
  expect(await read()).toEqual([])
  isUp = true
  now = 124_000
  expect(await read()).toEqual([])
  now = 125_000
  expect(await read()).toEqual(['answer 4'])
})
