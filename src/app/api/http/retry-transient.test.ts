import { expect, test } from 'vitest'
import { SimulatedClock } from '#app/testing/simulated-clock.ts'
import { ApiError, ConnectionError } from './api-error.ts'
import { pauseMs, retryTransient } from './retry-transient.ts'

function startRetrying(failures: unknown[], tries = Number.POSITIVE_INFINITY) {
  const clock = new SimulatedClock()
  const triedAt: number[] = []
  let wake = () => {}
  const left = new AbortController()
  const read = async () => {
    triedAt.push(clock.now())
    const failure = failures.shift()
    if (failure) throw failure
    return 'read'
  }
  const result = retryTransient(read, {
    clock,
    random: () => 1,
    tries,
    signal: left.signal,
    onReconnect(listener) {
      wake = listener
      return () => {
        wake = () => {}
      }
    },
  })
  return { clock, triedAt, result, wake: () => wake(), left }
}

const lost = () => new ConnectionError('no answer')

test('pauses double from a second up to a minute', async () => {
  const { clock, triedAt, result } = startRetrying(Array.from({ length: 8 }, lost))
  expect(await clock.finish(result)).toBe('read')
  const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0))
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000))
})

test('jitter is full: a pause may be anything down to nothing', () => {
  expect(pauseMs(3, () => 0)).toBe(0)
  expect(pauseMs(3, () => 0.5)).toBe(4_000)
})

test('coming back online ends the pause, and the pauses begin anew', async () => {
  const { clock, triedAt, result, wake } = startRetrying(Array.from({ length: 5 }, lost))
  await clock.advance(8_000)
  expect(triedAt).toHaveLength(4)
  wake()
  await clock.finish(result)
  expect(triedAt.slice(4)).toEqual([8_000, 9_000])
})

test.for([400, 401, 403, 404, 413, 500])('%i is never asked for again', async (status) => {
  const refusal = new ApiError({ code: 'x', status, message: '' })
  const { triedAt, result } = startRetrying([refusal])
  await expect(result).rejects.toBe(refusal)
  expect(triedAt).toHaveLength(1)
})

test('what is switched off stays off: feature_disabled is not asked for again', async () => {
  const refusal = new ApiError({ code: 'feature_disabled', status: 503, message: '' })
  const { triedAt, result } = startRetrying([refusal])
  await expect(result).rejects.toBe(refusal)
  expect(triedAt).toHaveLength(1)
})

test('leaving ends the pause with AbortError', async () => {
  const { clock, result, left } = startRetrying([lost()])
  const settled = expect(result).rejects.toMatchObject({ name: 'AbortError' })
  await clock.advance(500)
  left.abort()
  await settled
})
