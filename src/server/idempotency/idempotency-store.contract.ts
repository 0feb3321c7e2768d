import { expect, test } from 'vitest'
import type { WriteAlongside } from '#server/core/unit-of-work.ts'
import type { IdempotencyStore, Slot } from './idempotency-store.ts'

/** `write` makes one unit of work, and breaks it off where its work throws. */
type StoreInHand = AsyncDisposable & {
  store: IdempotencyStore
  /** Ids of two users who are there. */
  users: readonly [string, string]
  write(work: WriteAlongside): Promise<void>
}

/** What every implementation of `IdempotencyStore` keeps to. */
export function testIdempotencyStore(make: () => Promise<StoreInHand>): void {
  const first = { fingerprint: 'f1', reply: '{"a":1}', at: 1_000 }
  const second = { fingerprint: 'f2', reply: '{"a":2}', at: 5_000 }

  test('what was kept is found, and nothing of another user, endpoint or key', async () => {
    await using given = await make()
    const [userId, other] = given.users
    const slot: Slot = { userId, endpoint: 'import', key: 'k' }
    await given.write((unit) => given.store.keep(unit, slot, first))
    const { at: _, ...kept } = first
    expect(await given.store.find(slot, 0)).toEqual(kept)
    for (const change of [{ userId: other }, { endpoint: 'upload' }, { key: 'K' }]) {
      expect(await given.store.find({ ...slot, ...change }, 0)).toBeNull()
    }
  })

  test('only what is younger than asked for is found', async () => {
    await using given = await make()
    const slot: Slot = { userId: given.users[0], endpoint: 'import', key: 'k' }
    await given.write((unit) => given.store.keep(unit, slot, first))
    expect(await given.store.find(slot, 999)).not.toBeNull()
    expect(await given.store.find(slot, 1_000)).toBeNull()
  })

  test('what is kept again replaces what was there', async () => {
    await using given = await make()
    const slot: Slot = { userId: given.users[0], endpoint: 'import', key: 'k' }
    await given.write((unit) => given.store.keep(unit, slot, first))
    await given.write((unit) => given.store.keep(unit, slot, second))
    expect(await given.store.find(slot, 4_999)).toEqual({ fingerprint: 'f2', reply: '{"a":2}' })
  })

  test('forgetting takes what was kept until then, and nothing that is younger', async () => {
    await using given = await make()
    const [userId] = given.users
    const slots = ['old', 'new'].map((key) => ({ userId, endpoint: 'import', key }))
    await given.write(async (unit) => {
      for (const [index, kept] of [first, second].entries()) {
        await given.store.keep(unit, slots[index] as Slot, kept)
      }
    })
    await given.write((unit) => given.store.forget(unit, 1_000))
    const found = await Promise.all(slots.map((slot) => given.store.find(slot, 0)))
    expect(found.map((one) => one?.reply ?? null)).toEqual([null, '{"a":2}'])
  })

  test('a unit of work that is broken off keeps nothing', async () => {
    await using given = await make()
    const slot: Slot = { userId: given.users[0], endpoint: 'import', key: 'k' }
    const broken = given.write(async (unit) => {
      await given.store.keep(unit, slot, first)
      throw new Error('broken off')
    })
    await expect(broken).rejects.toThrow('broken off')
    expect(await given.store.find(slot, 0)).toBeNull()
  })
}
