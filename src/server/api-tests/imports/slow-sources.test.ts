import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { sourceRetryPolicy } from '#server/imports/source/retry-policy.ts'
import {
  breakerFor,
  firstHalf,
  half,
  hangUp,
  importFrom,
  oldBytes,
  quick,
  secondHalf,
  silence,
  startFor,
} from '#server/testing/imports/broken-source.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { type SourceAnswer, startTestSource } from '#server/testing/imports/source.ts'

const stopped = 'The site stopped in the middle and did not go on.'

test.each([
  ['refuses every connection', null],
  ['breaks every connection', hangUp],
  ['takes every connection and says nothing', silence],
  ['begins every answer and sends nothing', secondHalf(Buffer.alloc(half))],
] as const)(
  'a source that stops in the middle and %s is given up, in words',
  async (_how, answer) => {
    await using source = await startTestSource(firstHalf('breaks'), answer ?? silence)
    // After this no waiting for an answer is excused any more.
    await using imports = await startFor(source, { answerMs: 300, waitsMs: 300 })
    const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
    const breakOnceRead = breakerFor(imports)
    await imports.waitFor(id, ({ progress }) => {
      breakOnceRead()
      return progress === '50%'
    })
    if (answer === null) await source.end()
    else await expect.poll(() => source.requests.length, { timeout: 20_000 }).toBeGreaterThan(3)
    const task = await imports.waitFor(id, ({ state }) => {
      // More than once: a minute that passes while an answer is awaited is excused.
      imports.letAMinutePass()
      return state !== 'running'
    })
    expect(task).toMatchObject({ state: 'failed', error: stopped, progress: '50%' })
    expect((await imports.list()).names).toEqual([])
    await imports.expectNoLeftovers()
  },
)

const head: SourceAnswer = (outgoing) => {
  outgoing.writeHead(200, { 'content-length': 1_000_000 }).flushHeaders()
}

test.each([
  ['never answers', silence],
  ['never sends a byte after its headers', head],
])('a source that %s is asked once and given up, in words', async (_how, answer) => {
  await using source = await startTestSource(answer)
  const patience = { answerMs: 500, silentMs: 50 }
  expect(await importFrom(source, patience)).toMatchObject({ error: 'The site does not answer.' })
  expect(source.requests).toHaveLength(1)
})

test.each([
  ['before its headers', (outgoing: ServerResponse) => outgoing],
  [
    'after its headers',
    (outgoing: ServerResponse) => outgoing.writeHead(200, { 'content-length': oldBytes.length }),
  ],
])(
  'a source whose first byte takes longer than a silence in the middle may, %s, is asked once',
  async (_when, begin) => {
    await using source = await startTestSource((outgoing) => {
      begin(outgoing).flushHeaders?.()
      setTimeout(() => outgoing.end(oldBytes), 4_000)
    })
    const patience = { silentMs: 2_000, pace: { ...sourceRetryPolicy.pace, idleMs: 2_500 } }
    expect((await importFrom(source, patience)).bytes?.equals(oldBytes)).toBe(true)
    expect(source.requests).toHaveLength(1)
  },
)

/** A byte every so often: never silent, and never done. */
const drip: SourceAnswer = (outgoing) => {
  outgoing.writeHead(200, { 'content-length': 1_000_000 })
  const timer = setInterval(() => outgoing.write('x'), 20)
  outgoing.on('close', () => clearInterval(timer))
}

test('a source that drips is given up, in words, once the first minute is over', async () => {
  await using source = await startTestSource(drip)
  // Patient with silence, or the clock's jump would be one.
  const pace = { ...sourceRetryPolicy.pace, idleMs: 600_000 }
  await using imports = await startFor(source, { pace })
  const id = await imports.start(`${source.origin}/film.bin`, { type: 'file' })
  await expect.poll(() => source.requests.length).toBe(1)
  imports.letAMinutePass()
  const task = await imports.waitFor(id, ({ state }) => state !== 'running')
  expect(task).toMatchObject({ state: 'failed', error: 'The site sends the file too slowly.' })
  await imports.expectNoLeftovers()
})

test.each([
  ['while it waits to ask again', hangUp, {}],
  ['while it waits for an answer', silence, {}],
  ['while its name is being looked up', silence, { resolve: () => new Promise<never>(() => {}) }],
])('cancelling ends an import %s', async (_when, answer, dependencies) => {
  await using source = await startTestSource(answer)
  const patience = { ...quick, firstPauseMs: 60_000, longestPauseMs: 60_000 }
  await using imports = await startTestImportServer({
    ...{ config: { importAllow: [source.host, 'slow.test'] } },
    dependencies: { patience, ...dependencies },
  })
  const origin = 'resolve' in dependencies ? 'http://slow.test' : source.origin
  const id = await imports.start(`${origin}/film.bin`, { type: 'file' })
  if (!('resolve' in dependencies)) await expect.poll(() => source.requests.length).toBe(1)
  await imports.server.post('/api/v1/import/cancel', { task_id: id })
  expect(await imports.status(id)).toMatchObject({ state: 'cancelled' })
})
