import { setImmediate as nextTurn } from 'node:timers/promises'

/** So long one piece of work may hold up the requests of others. */
const maxTurnMs = 8

/**
 * Makes a function to call between the pieces of long work: now and then it lets other requests have
 * their turn. A transaction that is open stays open meanwhile.
 */
export function createGiveWay(): () => Promise<void> {
  let startedAt = performance.now()
  return async () => {
    if (performance.now() - startedAt < maxTurnMs) return
    await nextTurn()
    startedAt = performance.now()
  }
}
