import type { Clock } from '#server/core/clock.ts'
import type { Watch } from './batch-chunks.ts'

/** How slow a sender may be. Times in milliseconds. */
export type MinThroughput = {
  /** Longest time without a single byte. */
  idleMs: number
  /** The average since the start counts only after this. */
  graceMs: number
  minBytesPerSecond: number
}

export type ThroughputMonitor = Watch &
  Disposable & {
    /** Aborts the signal for another reason. */
    stop(reason: Error): void
  }

const lookEveryMs = 1_000

/**
 * Aborts the signal, with what `refuse` returns, once a sender is too slow. Dispose it, or its timer
 * runs for ever.
 */
export function monitorThroughput(
  clock: Clock,
  pace: MinThroughput,
  refuse: (why: 'idle' | 'trickling') => Error,
): ThroughputMonitor {
  const ending = new AbortController()
  const startedAt = clock.monotonic()
  let lastAt = startedAt
  let bytes = 0
  let heldAt: number | null = null
  let heldMs = 0

  /** Time under backpressure does not count against the sender. */
  function excuse(now: number): void {
    if (heldAt === null) return
    heldMs += now - heldAt
    lastAt = Math.min(now, lastAt + now - heldAt)
    heldAt = now
  }

  function look(): void {
    const now = clock.monotonic()
    excuse(now)
    const ranMs = now - startedAt - heldMs
    const isTrickling = ranMs > pace.graceMs && bytes / (ranMs / 1000) < pace.minBytesPerSecond
    if (now - lastAt > pace.idleMs) ending.abort(refuse('idle'))
    else if (isTrickling) ending.abort(refuse('trickling'))
  }
  const timer = setInterval(look, Math.min(lookEveryMs, pace.idleMs / 4))
  return {
    signal: ending.signal,
    note(arrived) {
      bytes += arrived
      lastAt = clock.monotonic()
    },
    hold(held) {
      const now = clock.monotonic()
      excuse(now)
      heldAt = held ? now : null
    },
    stop: (reason) => ending.abort(reason),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
