import type { Clock } from '#app/lib/clock.ts'
import { type OnReconnect, pauseMs } from '#app/lib/retry.ts'
import { endpoints } from '#contract/endpoints.ts'

/** Whether the server can be reached: the browser knows of its network, a failed call of the rest. */
export type Reachability = {
  isOnline(): boolean
  /** A call got no answer: finds out whether that was the connection. */
  noteLost(): void
  stop(): void
}

export type ReachabilityOptions = {
  clock: Clock
  random: () => number
  fetch: typeof fetch
  onReconnect: OnReconnect
  onChange: () => void
}

const answerMs = 10_000

/** Asks with what needs no key and takes no slot, with growing pauses, until anything answers. */
export function createReachability(parts: ReachabilityOptions): Reachability {
  const { clock, random, fetch, onChange } = parts
  let online = globalThis.navigator?.onLine ?? true
  let failures = 0
  let isAsking = false
  let cancelPause = () => {}

  function turn(isOnline: boolean) {
    failures = isOnline ? 0 : failures + 1
    if (online === isOnline) return
    online = isOnline
    onChange()
  }

  async function ask() {
    if (isAsking) return
    isAsking = true
    cancelPause()
    const isReached = await reach()
    isAsking = false
    turn(isReached)
    if (!isReached) cancelPause = clock.after(pauseMs(failures, random), () => void ask())
  }

  async function reach(): Promise<boolean> {
    const patience = new AbortController()
    const cancel = clock.after(answerMs, () => patience.abort())
    try {
      await fetch(endpoints.server.path, { signal: patience.signal, cache: 'no-store' })
      return true
    } catch {
      return false
    } finally {
      cancel()
    }
  }

  const stopWaking = parts.onReconnect(() => {
    failures = 0
    if (!online) void ask()
  })
  const left = new AbortController()
  // Being without a network is certain at once; having one again is not yet reaching the server.
  globalThis.addEventListener?.('offline', () => void ask(), { signal: left.signal })

  return {
    isOnline: () => online,
    noteLost: () => void ask(),
    stop() {
      cancelPause()
      stopWaking()
      left.abort()
    },
  }
}
