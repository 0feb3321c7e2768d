import { browserClock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import type { TabEnvironment } from './tab-group.ts'

/** This tab as it is: on plain http it has no locks, in an old browser or a sandbox no channel. */
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

/** A few short texts that live as long as this tab. Where the browser has no storage, as long as the page. */
export type TabStorage = {
  get(name: string): string | null
  set(name: string, text: string): void
  remove(name: string): void
}

/** `open` throws where storage is switched off, and so may each of its methods. */
export function createTabStorage(open: () => Storage = () => sessionStorage): TabStorage {
  const memory = new Map<string, string>()

  function attempt<T>(use: (storage: Storage) => T): T | null {
    try {
      return use(open())
    } catch {
      return null
    }
  }

  return {
    get: (name) => attempt((storage) => storage.getItem(name)) ?? memory.get(name) ?? null,
    set(name, text) {
      memory.set(name, text)
      attempt((storage) => storage.setItem(name, text))
    },
    remove(name) {
      memory.delete(name)
      attempt((storage) => storage.removeItem(name))
    },
  }
}
