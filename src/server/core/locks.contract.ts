import { expect, test } from 'vitest'
import type { Locks } from './locks.ts'
import type { WriteAlongside } from './unit-of-work.ts'

type LocksInHand = AsyncDisposable & {
  both: [Locks, Locks]
  /** Makes one unit of work, and breaks it off where its work throws. */
  write(work: WriteAlongside): Promise<void>
}

/** What all locks must do; `make` gives two views of the same ones, which may be two processes. */
export function testLocks(make: () => Promise<LocksInHand>): void {
  test('work under one name runs one after the other, in one process in the order in which it came', async () => {
    await using tested = await make()
    const [one] = tested.both
    const seen: string[] = []
    const work = (name: string) => async () => {
      seen.push(`${name} begins`)
      await new Promise(setImmediate)
      seen.push(`${name} ends`)
    }
    const first = one.run(['a'], work('first'))
    const second = one.run(['a'], work('second'))
    await Promise.all([first, second])
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  test('of twenty who work under one name in two processes no two do so at once', async () => {
    await using tested = await make()
    let running = 0
    let done = 0
    const work = async () => {
      running += 1
      expect(running).toBe(1)
      await new Promise(setImmediate)
      running -= 1
      done += 1
    }
    await Promise.all(
      Array.from({ length: 10 }, () => tested.both.map((locks) => locks.run(['a'], work))).flat(),
    )
    expect(done).toBe(20)
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

  test('who only tries is let in where nobody works, and turned away where somebody does', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const end = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const first = one.attempt('a', () => {
      begun.resolve()
      return end.promise
    })
    await begun.promise
    for (const locks of tested.both) {
      expect(await locks.attempt('a', () => Promise.reject(new Error('let in')))).toBe(false)
      expect(await locks.held(['a', 'b'])).toEqual(new Set(['a']))
    }
    end.resolve()
    expect(await first).toBe(true)
    expect(await other.held(['a'])).toEqual(new Set())
    expect(await other.attempt('a', async () => {})).toBe(true)
  })

  test('names may be anything that people type', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const names = ['sign-in a\0b', `sign-in ${'x'.repeat(100_000)}`, 'sign-in ünï', '']
    for (const name of names) {
      await one.run([name], async () => {
        expect(await other.attempt(name, async () => {})).toBe(false)
        expect(await other.held([name])).toEqual(new Set([name]))
      })
    }
  })

  test('a name is given back with a unit of work, and stays held where that is broken off', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    await one.run(['a'], async () => {
      const broken = tested.write(async (unit) => {
        await one.releaseWith(unit, 'a')
        throw new Error('broken off')
      })
      await expect(broken).rejects.toThrow('broken off')
      expect(await other.attempt('a', async () => {})).toBe(false)
      await tested.write((unit) => one.releaseWith(unit, 'a'))
    })
    expect(await other.attempt('a', async () => {})).toBe(true)
  })
}
