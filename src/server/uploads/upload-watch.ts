import { ApiFailure } from '#server/http/api-failure.ts'
import type { Clock } from '#server/http/clock.ts'
import type { Watch } from '#server/storage/read-batches.ts'

/** "Idle 30 s, or under 1 kB/s on average after the first minute": such a client only holds a place. */
const idleMs = 30_000
const graceMs = 60_000
const minBytesPerSecond = 1_000
const lookEveryMs = 1_000

export type UploadWatch = Watch & Disposable

/**
 * Aborts its signal, with an ApiFailure as the reason, once the client is too slow or has sent more
 * than `maxBytes`: with the very chunk, for it may send no other.
 */
export function watchUpload(clock: Clock, maxBytes: number): UploadWatch {
  const stop = new AbortController()
  const startedAt = clock.monotonic()
  let lastAt = startedAt
  let bytes = 0
  let isHeld = false

  function look(): void {
    const now = clock.monotonic()
    if (isHeld) lastAt = now
    const ranMs = now - startedAt
    const isIdle = now - lastAt > idleMs
    const isTrickling = ranMs > graceMs && bytes / (ranMs / 1000) < minBytesPerSecond
    if (isIdle || isTrickling) stop.abort(tooSlow())
  }
  const timer = setInterval(look, lookEveryMs)
  return {
    signal: stop.signal,
    note(arrived) {
      bytes += arrived
      if (bytes > maxBytes) stop.abort(tooLarge(maxBytes))
      lastAt = clock.monotonic()
    },
    hold(held) {
      isHeld = held
      lastAt = clock.monotonic()
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

export function tooLarge(maxBytes: number): ApiFailure {
  return new ApiFailure('payload_too_large', `Files may have at most ${maxBytes} bytes.`)
}

function tooSlow(): ApiFailure {
  return new ApiFailure('invalid_request', 'The upload was too slow, or stood still.')
}
