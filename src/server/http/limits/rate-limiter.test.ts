import { expect, test } from 'vitest'
import { createRateLimiter } from './rate-limiter.ts'

function startedLimiter({ limit = 60 } = {}) {
  // The wall clock and the monotonic one start at odd, unrelated times, as they do.
  const time = { now: 1_782_326_085_123, monotonic: 987_654.25 }
  const clock = { now: () => time.now, monotonic: () => time.monotonic }
  const limiter = createRateLimiter({ limit, clock })
  function pass(ms: number) {
    time.now += ms
    time.monotonic += ms
  }
  const takeMany = (count: number) =>
    Array.from({ length: count }, () => limiter.take('key')).filter((taken) => taken.isTaken).length
  return { limiter, time, pass, takeMany }
}

test('sixty are served, the sixty-first is refused', () => {
  const { takeMany } = startedLimiter()
  expect(takeMany(61)).toBe(60)
})

test('each answer tells what is left', () => {
  const { limiter } = startedLimiter({ limit: 3 })
  const left = [1, 2, 3, 4].map(() => limiter.take('key').state.remaining)
  expect(left).toEqual([2, 1, 0, 0])
})

test('the window slides: a slot frees 60 seconds after it was taken, not earlier and not later', () => {
  const { limiter, pass, takeMany } = startedLimiter()
  expect(takeMany(30)).toBe(30)
  pass(30_000)
  expect(takeMany(31)).toBe(30)
  pass(29_999)
  expect(limiter.take('key').isTaken).toBe(false)
  pass(1)
  // A fixed window would let sixty through here.
  expect(takeMany(61)).toBe(30)
})

test('in random traffic each request is served exactly when fewer than 60 were in the last 60 seconds', () => {
  const { limiter, time, pass } = startedLimiter()
  const served: number[] = []
  let refusals = 0
  let seed = 7
  for (let step = 0; step < 5000; step += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    pass((seed >> 16) % 1500)
    const due = served.filter((at) => at > time.monotonic - 60_000).length < 60
    expect(limiter.take('key').isTaken).toBe(due)
    if (due) served.push(time.monotonic)
    else refusals += 1
  }
  expect(refusals).toBeGreaterThan(500)
})

test('a refusal takes no slot: who keeps knocking is served when the first slot frees', () => {
  const { limiter, pass, takeMany } = startedLimiter()
  takeMany(60)
  for (let second = 0; second < 59; second += 1) {
    pass(1000)
    expect(limiter.take('key').isTaken).toBe(false)
  }
  pass(1000)
  expect(limiter.take('key').isTaken).toBe(true)
})

test('Retry-After and Reset tell the truth to the second', () => {
  const { limiter, time, pass, takeMany } = startedLimiter()
  takeMany(60)
  pass(15_400)
  const { state } = limiter.take('key')
  // The slot frees in 44.6 s: waiting 44 would be too short.
  expect(state.retryAfter).toBe(45)
  expect(state.reset).toBe(Math.ceil((time.now + 44_600) / 1000))
  pass(44_000)
  expect(limiter.take('key').isTaken).toBe(false)
  pass(1000)
  expect(limiter.take('key').isTaken).toBe(true)
})

test.each([-3_600_000, 3_600_000, 86_400_000])(
  'a wall clock that jumps by %d ms frees nothing and locks nobody out',
  (jump) => {
    const { limiter, time, pass, takeMany } = startedLimiter()
    takeMany(60)
    time.now += jump
    expect(limiter.take('key').isTaken).toBe(false)
    pass(59_999)
    expect(limiter.take('key').isTaken).toBe(false)
    pass(1)
    expect(takeMany(60)).toBe(60)
  },
)

test('each name has its own window, and looking takes nothing', () => {
  const { limiter, takeMany } = startedLimiter()
  takeMany(60)
  expect(limiter.take('other').isTaken).toBe(true)
  expect(limiter.look('third')).toMatchObject({ remaining: 60 })
  expect(limiter.look('other')).toMatchObject({ remaining: 59 })
  expect(limiter.look('other')).toMatchObject({ remaining: 59 })
})
