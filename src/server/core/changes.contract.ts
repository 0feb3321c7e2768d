import { expect, test } from 'vitest'
import type { Changes } from './changes.ts'

type ChangesInHand = AsyncDisposable & {
  both: [Changes, Changes]
  /** Ids of two users who are there. */
  users: readonly [string, string]
  /** Makes a folder of a user's, and says so to the first of both. */
  change(userId: string): Promise<void>
}

/** What all changes must do; `make` gives two views of the same ones, which may be two processes. */
export function testChanges(make: () => Promise<ChangesInHand>): void {
  test('once folders have changed everybody is told another version, and the same until then', async () => {
    await using tested = await make()
    const [userId] = tested.users
    const versions = () => Promise.all(tested.both.map((one) => one.version(userId)))
    const seen = [await versions(), await versions()]
    await tested.change(userId)
    seen.push(await versions())
    await tested.change(userId)
    seen.push(await versions())
    expect(seen[1]).toEqual(seen[0])
    for (const side of [0, 1]) {
      expect(new Set(seen.map((both) => both[side])).size).toBe(3)
    }
  })

  test("one user's changes are not another's", async () => {
    await using tested = await make()
    const [one] = tested.both
    const [userId, other] = tested.users
    const before = await one.version(other)
    await tested.change(userId)
    expect(await one.version(other)).toBe(before)
  })
}
