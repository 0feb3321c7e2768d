import { randomId } from '#app/lib/random-id.ts'

const storedName = 'barkeep.tab'

/** Names this tab, and stays the same over its reloads where the browser keeps anything at all. */
export function readTabId(): string {
  const fresh = randomId()
  try {
    const known = window.sessionStorage.getItem(storedName)
    if (known) return known
    window.sessionStorage.setItem(storedName, fresh)
  } catch {
    // A reload makes another tab of this one: its waiting jobs are taken up after a while.
  }
  return fresh
}
