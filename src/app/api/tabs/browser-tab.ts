import { browserClock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import type { TabEnvironment } from './tab-group.ts'

/** This tab: on plain http it has no locks, in an old browser or a sandbox no channel. */
export function browserTab(): TabEnvironment {
  return {
    clock: browserClock,
    random: Math.random,
    openChannel:
      typeof BroadcastChannel === 'undefined' ? null : (name) => new BroadcastChannel(name),
    locks: globalThis.navigator?.locks ?? null,
    onPageEnd(listener) {
      const end = (event: PageTransitionEvent) => event.persisted || listener()
      globalThis.addEventListener?.('pagehide', end)
      return () => globalThis.removeEventListener?.('pagehide', end)
    },
  }
}

/**
 * Names this page until it is left or reloaded. Not kept in the session storage: `window.open` and
 * "Duplicate tab" copy that, and two tabs would have one name.
 */
export const pageId = randomId()
