import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'

export type TransferEstimate = {
  seconds: number
  /** What makes it take that long. */
  limitedBy: 'requests' | 'bytes'
}

/** How long `files` uploads take from now: the greater of the requests' and the bytes' time. */
export function estimateTransfers(
  gate: RateLimitGate,
  waiting: { files: number; bytes: number; bytesPerSecond: number | null },
): TransferEstimate {
  const requests = gate.estimateMs(waiting.files) / 1000
  const bytes = waiting.bytesPerSecond ? waiting.bytes / waiting.bytesPerSecond : 0
  return bytes > requests
    ? { seconds: bytes, limitedBy: 'bytes' }
    : { seconds: requests, limitedBy: 'requests' }
}
