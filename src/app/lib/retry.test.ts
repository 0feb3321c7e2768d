import { expect, test } from 'vitest'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { createRetryPause, pauseMs, retryTransient } from './retry.ts'

const refusal = new Error('refused')
const lost = () => new Error('lost')

function startRetrying(
  failures: unknown[],
  tries = Number.POSITIVE_INFINITY,
  hasAdvanced = () => false,
) {
  const clock = new ManualClock()
  const triedAt: number[] = []
  const reconnects = new Set<() => void>()
  const left = new AbortController()
  const work = async () => {
    triedAt.push(clock.now())
    const failure = failures.shift()
    if (failure) throw failure
    return 'read'
  }
  const retryPause = createRetryPause({
    clock,
    random: () => 1,
    onReconnect(listener) {
      reconnects.add(listener)
      return () => reconnects.delete(listener)
    },
  })
  const isTransient = (error: unknown) => error !== refusal
  const { signal } = left
  const result = retryTransient(work, { retryPause, isTransient, tries, signal, hasAdvanced })
  const reconnect = () => {
    for (const listener of reconnects) listener()
  }
  return { clock, triedAt, result, reconnect, reconnects, left }
}

test('pauses double from a second up to a minute', async () => {
  const { clock, triedAt, result } = startRetrying(Array.from({ length: 8 }, lost))
  expect(await clock.finish(result)).toBe('read')
  const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0))
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000))
})

test('jitter is full: a pause may be anything down to nothing', () => {
  expect(pauseMs(4, () => 0)).toBe(0)
  expect(pauseMs(4, () => 0.5)).toBe(4_000)
})

test('coming back online ends the pause, and the pauses begin anew', async () => {
  const { clock, triedAt, result, reconnect, reconnects } = startRetrying(
    Array.from({ length: 5 }, lost),
  )
  await clock.advance(8_000)
  expect(triedAt).toHaveLength(4)
  reconnect()
  await clock.finish(result)
  expect(triedAt.slice(4)).toEqual([8_000, 9_000])
  expect(reconnects.size).toBe(0)
})

test('what does not pass is not tried again', async () => {
  const { triedAt, result } = startRetrying([refusal])
  await expect(result).rejects.toBe(refusal)
  expect(triedAt).toHaveLength(1)
})

test('the last of a few tries ends with its failure', async () => {
  const { clock, triedAt, result } = startRetrying(Array.from({ length: 5 }, lost), 3)
  const settled = expect(result).rejects.toThrow('lost')
  await clock.advance(60_000)
  await settled
  expect(triedAt).toHaveLength(3)
})

test('leaving ends the pause with AbortError, and nothing listens any more', async () => {
  const { clock, result, left, reconnects } = startRetrying([lost()])
  const settled = expect(result).rejects.toMatchObject({ name: 'AbortError' })
  await clock.advance(500)
  left.abort()
  await settled
  expect(reconnects.size).toBe(0)
})

test('after a try that got further the pauses begin anew', async () => {
  let tried = 0
  const hasAdvanced = () => {
    tried += 1
    return tried % 3 === 0
  }
  const failures = Array.from({ length: 6 }, lost)
  const { clock, triedAt, result } = startRetrying(failures, undefined, hasAdvanced)
  expect(await clock.finish(result)).toBe('read')
  const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0))
  expect(pauses).toEqual([1, 2, 1, 2, 4, 1].map((s) => s * 1_000))
})
