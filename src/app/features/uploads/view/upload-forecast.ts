import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { Upload } from '#app/features/uploads/upload.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'

/** How long all uploads together will take: the longer of the times for requests and for bytes. */
export type UploadForecast = {
  seconds: number
  limitedBy: 'requests' | 'bytes'
  requestsPerMinute: number
}

/** Null if nothing is left to send or `gate` is null. */
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
    // A running upload has used its request already.
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
