import { expect, test } from 'vitest'
import { ManualClock } from '#app/testing/manual-clock.ts'
import { SimulatedTabs } from '#app/testing/simulated-tabs.ts'
import { createPageClaims } from './page-claims.ts'

function browser(hasLocks: boolean) {
  const clock = new ManualClock()
  const tabs = new SimulatedTabs({ clock, delayMs: () => 20 })
  const openPage = (pageId: string) =>
    createPageClaims({ ...tabs.openTab(() => 0.5, hasLocks), pageId })
  return { clock, openPage }
}

test.for([
  ['with locks', true],
  ['without them', false],
] as const)(
  '%s a page that lives keeps what is its own, and one that is gone does not',
  async ([, hasLocks]) => {
    const { clock, openPage } = browser(hasLocks)
    const live = openPage('live')
    await clock.finish(live.show())
    const copy = openPage('copy')
    expect(await clock.finish(copy.claim('live'))).toBe(false)
    expect(await clock.finish(copy.claim('gone'))).toBe(true)
    // Taken once, it is taken: also from the first page.
    expect(await clock.finish(copy.claim('gone'))).toBe(true)
    expect(await clock.finish(live.claim('gone'))).toBe(false)
    expect(await clock.finish(live.claim('live'))).toBe(true)
  },
)

test.for([true, false])(
  'of two pages that ask at once one takes over (locks: %s)',
  async (hasLocks) => {
    const { clock, openPage } = browser(hasLocks)
    const claims = [openPage('a'), openPage('b')].map((page) => page.claim('gone'))
    const taken = await clock.finish(Promise.all(claims))
    expect(taken.toSorted()).toEqual([false, true])
  },
)
