import { expect, test } from 'vitest'
import type { Locks } from './locks.ts'

/** What all locks must do; `make` gives two views of the same ones, which may be two processes. */
export function testLocks(make: () => Promise<AsyncDisposable & { both: [Locks, Locks] }>): void {
  test('work under one name runs one after the other, in the order in which it came', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const seen: string[] = []
    const work = (name: string) => async () => {
      seen.push(`${name} begins`)
      await new Promise(setImmediate)
      seen.push(`${name} ends`)
    }
    const first = one.run(['a'], work('first'))
    const second = other.run(['a'], work('second'))
    await Promise.all([first, second])
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  test('work under different names runs at once', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const meeting = Promise.withResolvers<void>()
    await Promise.all([
      one.run(['a'], () => meeting.promise),
      other.run(['b'], async () => meeting.resolve()),
    ])
  })

  test('names in any order, and twice, hold nobody up for ever', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    let running = 0
    const work = async () => {
      running += 1
      expect(running).toBe(1)
      await new Promise(setImmediate)
      running -= 1
    }
    const rounds = Array.from({ length: 10 }, () => [
      one.run(['a', 'b', 'a'], work),
      other.run(['b', 'a'], work),
    ])
    await Promise.all(rounds.flat())
  })

  test('what fails lets go, and its reason comes through', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const reason = new Error('broken')
    await expect(one.run(['a'], () => Promise.reject(reason))).rejects.toBe(reason)
    expect(await other.run(['a'], async () => 'result')).toBe('result')
  })
}
