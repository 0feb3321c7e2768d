/** Keeps the screen on while `set(true)`, so that the machine does not fall asleep over it. */
export type WakeLock = { set(isWanted: boolean): void }

type Sentinel = { release(): Promise<void>; readonly released: boolean }
type Locks = { request(type: 'screen'): Promise<Sentinel> }

/**
 * The browser lets go of it when the page is hidden: it is taken again once the page is seen. Nothing is
 * said where there is none, on plain http for one, or where the battery is too low for it.
 */
export function createWakeLock(
  locks: Locks | undefined = (navigator as { wakeLock?: Locks }).wakeLock,
  page: Pick<Document, 'visibilityState' | 'addEventListener'> = document,
): WakeLock {
  let isWanted = false
  let isAsking = false
  let held: Sentinel | null = null

  async function settle() {
    if (isAsking) return
    const isMissing = held === null || held.released
    if (isWanted && isMissing && page.visibilityState === 'visible') {
      isAsking = true
      held = (await locks?.request('screen').catch(() => null)) ?? null
      isAsking = false
    }
    // It may have become unwanted while the browser thought about it.
    if (!isWanted && held !== null) {
      const old = held
      held = null
      await old.release().catch(() => {})
    }
  }

  page.addEventListener('visibilitychange', () => void settle())
  return {
    set(next) {
      if (next === isWanted) return
      isWanted = next
      void settle()
    },
  }
}
