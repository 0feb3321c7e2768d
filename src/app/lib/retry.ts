import { browserClock, type Clock } from './clock.ts'

/** Runs its listener whenever another try is worth making at once; the answer stops listening. */
export type OnReconnect = (listener: () => void) => () => void

/**
 * Waits before the try after `failures` (1 or more) failures in a row. True when a reconnect cut it
 * short: then the count starts anew. Rejects with the signal's reason.
 */
export type RetryPause = (failures: number, signal?: AbortSignal | undefined) => Promise<boolean>

export type RetryPauseOptions = {
  clock?: Pick<Clock, 'after'>
  random?: () => number
  onReconnect?: OnReconnect
}

const mostMs = 60_000

/** The longest pause after `failures` (1 or more) in a row, in ms: 1 s, then twice as long each time, up to a minute. */
export function longestPauseMs(failures: number): number {
  return Math.min(mostMs, 1_000 * 2 ** (failures - 1))
}

/** Full jitter: anything from 0 to the longest pause, so that many clients never come back at once. */
export function pauseMs(failures: number, random: () => number): number {
  return random() * longestPauseMs(failures)
}

/** Pauses with full jitter, which a reconnect ends. */
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
  /** Whether the same may succeed later. */
  isTransient: (error: unknown) => boolean
  /** How often in all; Infinity, if left out, for what must come through. */
  tries?: number
  signal?: AbortSignal | undefined
  /** Told before each pause, with the tries so far; what it throws ends them. */
  onPause?: (error: unknown, tries: number) => unknown
}

/**
 * Runs `work` again while it fails with what may pass, with growing pauses that begin anew on a
 * reconnect. Only for what may be done twice: a read, or a request with an idempotency key.
 *
 * @throws what `work` threw when that does not pass, or with the last try
 * @throws the signal's reason when that fires during a pause
 */
export async function retryTransient<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { retryPause, isTransient, tries = Number.POSITIVE_INFINITY, signal, onPause } = options
  let failures = 0
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (tried >= tries || !isTransient(error)) throw error
      await onPause?.(error, tried)
    }
    failures += 1
    if (await retryPause(failures, signal)) failures = 0
  }
}

/** The network is back, or somebody looks at the page again, as after a laptop's sleep. */
export const onBrowserReconnect: OnReconnect = (listener) => {
  const stop = new AbortController()
  const { signal } = stop
  const handleVisibility = () => document.visibilityState === 'visible' && listener()
  globalThis.addEventListener?.('online', listener, { signal })
  globalThis.document?.addEventListener('visibilitychange', handleVisibility, { signal })
  return () => stop.abort()
}
