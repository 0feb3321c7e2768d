import { browserClock } from '#app/lib/clock.ts'
import type { TabSurroundings } from './tab-group.ts'

/** This tab as it is: on plain http it has no locks, in an old browser or a sandbox no channel. */
export function browserTab(): TabSurroundings {
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
