import {
  type MinThroughput,
  monitorThroughput,
  type ThroughputMonitor,
} from '#server/bytes/throughput-monitor.ts'
import type { Clock } from '#server/core/clock.ts'
import { ApiFailure, fileTooLarge } from '#server/core/failure.ts'

/** "Idle 30 s, or under 1 kB/s on average after the first minute": such a client only holds a place. */
const pace: MinThroughput = { idleMs: 30_000, graceMs: 60_000, minBytesPerSecond: 1_000 }

export type UploadWatch = ThroughputMonitor

export type UploadLimits = { maxBytes: number; declaredBytes?: number | undefined }

/**
 * Aborts its signal, with an ApiFailure as the reason, once the client is too slow, or announces or
 * sends more than `maxBytes`: with the very chunk, for it may send no other.
 */
export function watchUpload(clock: Clock, { maxBytes, declaredBytes }: UploadLimits): UploadWatch {
  const watch = monitorThroughput(clock, pace, tooSlow)
  const check = (bytes: number) => bytes > maxBytes && watch.stop(fileTooLarge(maxBytes))
  let bytes = 0
  check(declaredBytes ?? 0)
  return {
    ...watch,
    note(arrived) {
      bytes += arrived
      check(bytes)
      watch.note(arrived)
    },
  }
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
