/** Calls back whenever a new try is worth making at once; the answer stops listening. */
export type WatchReconnects = (onReconnect: () => void) => () => void

type RetryPauseOptions = {
  /** Calls `run` after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void
  random?: () => number
  watchReconnects?: WatchReconnects
}

export type RetryPause = {
  /**
   * Waits before the try after `failures` (1 or more) failures in a row. True when a wake-up cut it
   * short: then the count starts anew. Rejects with the signal's reason.
   */
  wait(failures: number, signal: AbortSignal): Promise<boolean>
}

const longestPauseMs = 60_000

/** Full jitter: anything from 0 to 1 s × 2ⁿ, at most a minute, so that many clients never march in step. */
export function createRetryPause({
  after,
  random = Math.random,
  watchReconnects = watchBrowserReconnects,
}: RetryPauseOptions): RetryPause {
  return {
    wait(failures, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const end = (settle: () => void) => {
          cancelTimer()
          stopWatching()
          signal.removeEventListener('abort', handleAbort)
          settle()
        }
        const handleAbort = () => end(() => reject(signal.reason))
        const pauseMs = random() * Math.min(longestPauseMs, 1000 * 2 ** (failures - 1))
        const cancelTimer = after(pauseMs, () => end(() => resolve(false)))
        const stopWatching = watchReconnects(() => end(() => resolve(true)))
        signal.addEventListener('abort', handleAbort)
      })
    },
  }
}

/** The network is back, or somebody looks at the page again (a lid that was opened). */
export function watchBrowserReconnects(onReconnect: () => void): () => void {
  const handleVisibility = () => {
    if (document.visibilityState === 'visible') onReconnect()
  }
  window.addEventListener('online', onReconnect)
  document.addEventListener('visibilitychange', handleVisibility)
  return () => {
    window.removeEventListener('online', onReconnect)
    document.removeEventListener('visibilitychange', handleVisibility)
  }
}
