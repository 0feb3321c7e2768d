import { expect, test } from 'vitest'
import { settle } from '#app/testing/manual-clock.ts'
import { createWakeLock } from './wake-lock.ts'

/** A page whose locks are let go when it is hidden, as browsers do it. */
function world() {
  const listeners: (() => void)[] = []
  const held = new Set<object>()
  const answers: (() => void)[] = []
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_kind: string, listener: () => void) => void listeners.push(listener),
  }
  const locks = {
    request: () =>
      new Promise<{ released: boolean; release(): Promise<void> }>((resolve) => {
        const sentinel = {
          released: false,
          async release() {
            sentinel.released = true
            held.delete(sentinel)
          },
        }
        answers.push(() => {
          held.add(sentinel)
          resolve(sentinel)
        })
      }),
  }
  return {
    lock: createWakeLock(locks, page as unknown as Document),
    held,
    answer: async () => {
      for (const one of answers.splice(0)) one()
      await settle()
    },
    async see(state: DocumentVisibilityState) {
      page.visibilityState = state
      if (state === 'hidden') for (const one of [...held] as { release(): unknown }[]) one.release()
      for (const listener of listeners) listener()
      await settle()
    },
  }
}

test('the machine is kept awake while it is wanted, and anew when the page is seen again', async () => {
  const { lock, held, answer, see } = world()
  lock.set(true)
  lock.set(true)
  await answer()
  expect(held.size).toBe(1)
  await see('hidden')
  expect(held.size).toBe(0)
  await see('visible')
  await answer()
  expect(held.size).toBe(1)
  lock.set(false)
  await settle()
  expect(held.size).toBe(0)
  await see('visible')
  await answer()
  expect(held.size).toBe(0)
})

test('a lock that comes when it is not wanted any more is let go', async () => {
  const { lock, held, answer } = world()
  lock.set(true)
  lock.set(false)
  await answer()
  expect(held.size).toBe(0)
})

test('where there is none, and where it is refused, nothing happens', async () => {
  const page = { visibilityState: 'visible', addEventListener: () => {} } as unknown as Document
  createWakeLock(undefined, page).set(true)
  createWakeLock({ request: () => Promise.reject(new Error('Low battery.')) }, page).set(true)
  await settle()
})
