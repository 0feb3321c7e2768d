import { browserStorage } from '#app/lib/browser/storage.ts'

const storedName = 'barkeep.subscriptions'

/**
 * Whether this account is known to have subscriptions: the sidebar leads to them only then, and asks nobody.
 * The import dialog and the page itself ask.
 */
export function hasSubscriptions(account: string): boolean {
  return browserStorage.get(storedName) === account
}

export function noteSubscriptions(account: string, count: number): void {
  if (count > 0) browserStorage.set(storedName, account)
  else if (hasSubscriptions(account)) browserStorage.remove(storedName)
}
