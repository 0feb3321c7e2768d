import { expect, test } from 'vitest'
import type { RateLimiters } from './rate-limiter.ts'

/** `both` are two views of the same windows, which may be two processes. */
type TestedLimiters = AsyncDisposable & {
  both: [RateLimiters, RateLimiters]
  /** Epoch milliseconds, as the limiters have them. */
  now(): number
  pass(ms: number): Promise<void>
  /** Sets the wall clock, while no time passes. */
  jump(ms: number): void
  /** How many requests random traffic has: fewer where each goes to a database. */
  requests?: number
}

type Make = () => Promise<TestedLimiters>

async function startLimiter(make: Make, { max = 60 } = {}) {
  const tested = await make()
  const [limiters] = tested.both
  const limiter = limiters('key', { max, seconds: 60 })
  async function takeMany(count: number): Promise<number> {
    const taken = await Promise.all(Array.from({ length: count }, () => limiter.take('key')))
    return taken.filter(({ isTaken }) => isTaken).length
  }
  return Object.assign(tested, { limiter, takeMany })
}

/** What all rate limiters must do; `make` starts with empty windows. */
export function testRateLimiters(make: Make): void {
  test('sixty are served, the sixty-first is refused, also when all come at once', async () => {
    await using tested = await startLimiter(make)
    expect(await tested.takeMany(61)).toBe(60)
  })

  test('each answer tells what is left', async () => {
    await using tested = await startLimiter(make, { max: 3 })
    const left: number[] = []
    for (let count = 0; count < 4; count += 1) {
      left.push((await tested.limiter.take('key')).state.remaining)
    }
    expect(left).toEqual([2, 1, 0, 0])
  })

  test('two servers share their windows', async () => {
    await using tested = await startLimiter(make)
    const [, other] = tested.both
    await tested.takeMany(40)
    const there = other('key', { max: 60, seconds: 60 })
    expect(await there.peek('key')).toMatchObject({ remaining: 20 })
    await there.take('key')
    expect(await tested.takeMany(20)).toBe(19)
  })

  test('the window slides: a slot frees 60 seconds after it was taken, not earlier and not later', async () => {
    await using tested = await startLimiter(make)
    const { limiter, pass, takeMany } = tested
    expect(await takeMany(30)).toBe(30)
    await pass(30_000)
    expect(await takeMany(31)).toBe(30)
    await pass(29_999)
    expect((await limiter.take('key')).isTaken).toBe(false)
    await pass(1)
    // A fixed window would let sixty through here.
    expect(await takeMany(61)).toBe(30)
  })

  test('in random traffic each request is served exactly when fewer than 60 were in the last 60 seconds', async () => {
    await using tested = await startLimiter(make)
    const served: number[] = []
    let refusals = 0
    let seed = 7
    const { requests = 5000 } = tested
    for (let step = 0; step < requests; step += 1) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      await tested.pass((seed >> 16) % 1500)
      const due = served.filter((at) => at > tested.now() - 60_000).length < 60
      expect((await tested.limiter.take('key')).isTaken).toBe(due)
      if (due) served.push(tested.now())
      else refusals += 1
    }
    expect(refusals).toBeGreaterThan(requests / 10)
  })

  test('a refusal takes no slot: who keeps knocking is served when the first slot frees', async () => {
    await using tested = await startLimiter(make)
    const { limiter, pass, takeMany } = tested
    await takeMany(60)
    for (let second = 0; second < 59; second += 1) {
      await pass(1000)
      expect((await limiter.take('key')).isTaken).toBe(false)
    }
    await pass(1000)
    expect((await limiter.take('key')).isTaken).toBe(true)
  })

  test('Retry-After and Reset tell the truth to the second', async () => {
    await using tested = await startLimiter(make)
    const { limiter, now, pass, takeMany } = tested
    await takeMany(60)
    await pass(15_400)
    const { state } = await limiter.take('key')
    // The slot frees in 44.6 s: waiting 44 would be too short.
    expect(state.retryAfter).toBe(45)
    expect(state.reset).toBe(Math.ceil((now() + 44_600) / 1000))
    await pass(44_000)
    expect((await limiter.take('key')).isTaken).toBe(false)
    await pass(1000)
    expect((await limiter.take('key')).isTaken).toBe(true)
  })

  test.each([-3_600_000, 3_600_000, 86_400_000])(
    'a wall clock that jumps by %d ms frees nothing and locks nobody out',
    async (ms) => {
      await using tested = await startLimiter(make)
      const { limiter, jump, pass, takeMany } = tested
      await takeMany(60)
      jump(ms)
      expect((await limiter.take('key')).isTaken).toBe(false)
      await pass(59_999)
      expect((await limiter.take('key')).isTaken).toBe(false)
      await pass(1)
      expect(await takeMany(60)).toBe(60)
    },
  )

  test('each name and each group has its own window, and peeking takes nothing', async () => {
    await using tested = await startLimiter(make)
    const { both, limiter, takeMany } = tested
    await takeMany(60)
    expect((await limiter.take('other')).isTaken).toBe(true)
    expect(await limiter.peek('third')).toMatchObject({ remaining: 60 })
    expect(await limiter.peek('other')).toMatchObject({ remaining: 59 })
    expect(await limiter.peek('other')).toMatchObject({ remaining: 59 })
    const addresses = both[0]('address', { max: 10, seconds: 60 })
    expect(await addresses.peek('key')).toMatchObject({ limit: 10, remaining: 10 })
  })
}
