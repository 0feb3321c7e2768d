import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { Upload } from '#app/features/uploads/upload.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'

/** What is still to come, all uploads together: the greater of the requests' and the bytes' time. */
export type UploadForecast = {
  seconds: number
  /** What makes it take that long. */
  limitedBy: 'requests' | 'bytes'
  requestsPerMinute: number
}

/** Null while nothing is to be sent, or nobody is connected. */
export function forecastUploads(
  uploads: readonly Upload[],
  gate: RateLimitGate | null,
): UploadForecast | null {
  const unfinished = uploads.filter(isUnfinished)
  if (gate === null || unfinished.length === 0) return null
  let files = 0
  let bytes = 0
  let speed = 0
  for (const { state, size, sentBytes, bytesPerSecond } of unfinished) {
    bytes += size - sentBytes
    speed += bytesPerSecond ?? 0
    // What is being sent has taken its slot already.
    if (state === 'waiting') files += 1
  }
  const requestSeconds = gate.estimateMs(files) / 1000
  const byteSeconds = speed > 0 ? bytes / speed : 0
  return {
    seconds: Math.max(requestSeconds, byteSeconds),
    limitedBy: byteSeconds > requestSeconds ? 'bytes' : 'requests',
    requestsPerMinute: gate.getSnapshot().limit,
  }
}
