import { browserClock, type Clock } from './clock.ts'

/** Calls the listener when a new try is worthwhile; the answer stops listening. */
export type OnReconnect = (listener: () => void) => () => void

/**
 * Waits after `failures` (1 or more) failures in a row. True if a reconnect cut the pause short: then the
 * count starts at 0 again.
 *
 * @throws the signal's reason
 */
export type RetryPause = (failures: number, signal?: AbortSignal | undefined) => Promise<boolean>

export type RetryPauseOptions = {
  clock?: Pick<Clock, 'after'>
  random?: () => number
  onReconnect?: OnReconnect
}

const mostMs = 60_000

/** In ms: 1 s after the first failure, doubling up to a minute. */
export function longestPauseMs(failures: number): number {
  return Math.min(mostMs, 1_000 * 2 ** (failures - 1))
}

/** In ms, with full jitter: anything up to the longest pause, so that clients do not return all at once. */
export function pauseMs(failures: number, random: () => number): number {
  return random() * longestPauseMs(failures)
}

/** Pauses with full jitter that end early on a reconnect. */
export function createRetryPause({
  clock = browserClock,
  random = Math.random,
  onReconnect = onBrowserReconnect,
}: RetryPauseOptions = {}): RetryPause {
  return (failures, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const end = (settle: () => void) => () => {
        cancelTimer()
        stopListening()
        signal?.removeEventListener('abort', handleAbort)
        settle()
      }
      const handleAbort = end(() => reject(signal?.reason))
      const cancelTimer = clock.after(
        pauseMs(failures, random),
        end(() => resolve(false)),
      )
      const stopListening = onReconnect(end(() => resolve(true)))
      signal?.addEventListener('abort', handleAbort)
    })
}

export type RetryOptions = {
  retryPause: RetryPause
  /** Whether the same call may succeed later. */
  isTransient: (error: unknown) => boolean
  /** How many in all; unlimited if left out. */
  tries?: number
  signal?: AbortSignal | undefined
  /** Whether the last try got further than the one before: then it counts as the first failure again. */
  hasAdvanced?: () => boolean
  /** Called before each pause with the number of tries so far. If it throws, there are no more. */
  onPause?: (error: unknown, tries: number) => unknown
}

/**
 * Calls `work` until it succeeds, with growing pauses after transient errors. Only for what may be done
 * twice: a read, or a request with an idempotency key.
 *
 * @throws the last error when it is not transient or no try is left
 * @throws the signal's reason when it fires during a pause
 */
export async function retryTransient<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { retryPause, isTransient, tries = Number.POSITIVE_INFINITY, signal, onPause } = options
  const { hasAdvanced = () => false } = options
  let failures = 0
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (tried >= tries || !isTransient(error)) throw error
      await onPause?.(error, tried)
    }
    failures = hasAdvanced() ? 1 : failures + 1
    if (await retryPause(failures, signal)) failures = 0
  }
}

/** The network is back, or the page is seen again, as when a laptop wakes up. */
export const onBrowserReconnect: OnReconnect = (listener) => {
  const stop = new AbortController()
  const { signal } = stop
  const handleVisibility = () => document.visibilityState === 'visible' && listener()
  globalThis.addEventListener?.('online', listener, { signal })
  globalThis.document?.addEventListener('visibilitychange', handleVisibility, { signal })
  return () => stop.abort()
}
