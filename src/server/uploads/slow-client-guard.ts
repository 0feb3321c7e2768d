import type { Clock } from '#server/http/clock.ts'

/** "Idle 30 s, or under 1 kB/s on average after the first minute": such a client only holds a place. */
const idleMs = 30_000
const graceMs = 60_000
const minBytesPerSecond = 1_000
const lookEveryMs = 1_000

export type SlowClientGuard = { signal: AbortSignal } & Disposable & {
    note(totalBytes: number): void
  }

/** Aborts `signal` once the client whose bytes are noted is too slow. */
export function guardAgainstSlowClient(clock: Clock): SlowClientGuard {
  const tooSlow = new AbortController()
  const startedAt = clock.monotonic()
  let lastAt = startedAt
  let bytes = 0

  function look(): void {
    const now = clock.monotonic()
    const ranMs = now - startedAt
    const isIdle = now - lastAt > idleMs
    const isTrickling = ranMs > graceMs && bytes / (ranMs / 1000) < minBytesPerSecond
    if (isIdle || isTrickling) tooSlow.abort()
  }
  const timer = setInterval(look, lookEveryMs)
  return {
    signal: tooSlow.signal,
    note(totalBytes) {
      bytes = totalBytes
      lastAt = clock.monotonic()
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
