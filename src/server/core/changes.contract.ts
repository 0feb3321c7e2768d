import { expect, test, vi } from 'vitest'
import type { Changes } from './changes.ts'

/** What all changes must do; `make` gives two views of the same ones, which may be two processes. */
export function testChanges(
  make: () => Promise<AsyncDisposable & { both: [Changes, Changes] }>,
): void {
  test('everybody who listens hears whose folders changed', async () => {
    await using tested = await make()
    const [one, other] = tested.both
    const near = vi.fn()
    const far = vi.fn()
    one.listen(near)
    other.listen(far)
    await one.tell('alice')
    expect(near.mock.calls).toEqual([['alice']])
    await vi.waitFor(() => expect(far.mock.calls).toEqual([['alice']]), 30_000)
  })

  test('who stopped listening hears nothing more', async () => {
    await using tested = await make()
    const [one] = tested.both
    const heard = vi.fn()
    const stop = one.listen(heard)
    await one.tell('alice')
    stop()
    await one.tell('bob')
    expect(heard.mock.calls).toEqual([['alice']])
  })
}
