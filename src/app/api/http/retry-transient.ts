import type { Clock } from '#app/lib/clock.ts'
import { isTransient } from './api-error.ts'

const longestPauseMs = 60_000

/** Full jitter: anything up to 1 s × 2ⁿ, at most 60 s, so that many clients do not come back at once. */
export function pauseMs(failures: number, random: () => number): number {
  return random() * Math.min(longestPauseMs, 1_000 * 2 ** failures)
}

export type Retrying = {
  clock: Clock
  random: () => number
  /** Runs `listener` when it is worth trying at once: back online, or looked at again. */
  onReconnect: (listener: () => void) => () => void
  /** How often in all; Infinity for what must come through. */
  tries: number
  /** What else to try again after. */
  alsoAfter?: (error: unknown) => boolean
  signal?: AbortSignal | undefined
  /** Told before each pause. */
  onPause?: (error: unknown) => void
}

/**
 * Runs `read` again while it fails with what may pass (502, 503, 504, no connection), with growing
 * pauses that begin anew on a wake. Only for reads: a POST that failed may have been done.
 */
export async function retryTransient<T>(read: () => Promise<T>, retrying: Retrying): Promise<T> {
  let failures = 0
  for (let tried = 1; ; tried += 1) {
    try {
      return await read()
    } catch (error) {
      const mayPass = isTransient(error) || retrying.alsoAfter?.(error)
      if (tried >= retrying.tries || !mayPass) throw error
      retrying.onPause?.(error)
      const isWoken = await pause(pauseMs(failures, retrying.random), retrying)
      failures = isWoken ? 0 : failures + 1
    }
  }
}

/** Whether it was cut short by a wake. Throws AbortError. */
function pause(ms: number, { clock, onReconnect, signal }: Retrying): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const end = (settle: () => void) => () => {
      cancel()
      stopListening()
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = end(() => reject(signal?.reason))
    const cancel = clock.after(
      ms,
      end(() => resolve(false)),
    )
    const stopListening = onReconnect(end(() => resolve(true)))
    signal?.addEventListener('abort', abort)
  })
}

/** The browser's signs that a connection may be back. */
export function onBrowserReconnect(listener: () => void): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const visible = () => document.visibilityState === 'visible' && listener()
  globalThis.addEventListener?.('online', listener, { signal })
  globalThis.document?.addEventListener('visibilitychange', visible, { signal })
  return () => stop.abort()
}
