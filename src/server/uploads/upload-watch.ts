import {
  type MinThroughput,
  monitorThroughput,
  type ThroughputMonitor,
} from '#server/bytes/throughput-monitor.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'

/** "Idle 30 s, or under 1 kB/s on average after the first minute": such a client only holds a place. */
const pace: MinThroughput = { idleMs: 30_000, graceMs: 60_000, minBytesPerSecond: 1_000 }

export type UploadWatch = ThroughputMonitor

/**
 * Aborts its signal, with an ApiFailure as the reason, once the client is too slow or has sent more
 * than `maxBytes`: with the very chunk, for it may send no other.
 */
export function watchUpload(clock: Clock, maxBytes: number): UploadWatch {
  const watch = monitorThroughput(clock, pace, tooSlow)
  let bytes = 0
  return {
    ...watch,
    note(arrived) {
      bytes += arrived
      if (bytes > maxBytes) watch.stop(tooLarge(maxBytes))
      watch.note(arrived)
    },
  }
}

export function tooLarge(maxBytes: number): ApiFailure {
  return new ApiFailure('payload_too_large', `Files may have at most ${maxBytes} bytes.`)
}

/**
 * Not the client's mistake: a laptop fell asleep, a train went into a tunnel. 503 is what clients try
 * again by themselves.
 */
function tooSlow(why: 'idle' | 'trickling'): ApiFailure {
  const what =
    why === 'idle'
      ? `The upload stood still for ${pace.idleMs / 1000} seconds`
      : `The upload was slower than ${pace.minBytesPerSecond} bytes a second`
  return new ApiFailure('unavailable', `${what}, and nothing of it was kept. Send it again.`)
}
