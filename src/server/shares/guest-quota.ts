import { ApiFailure } from '#server/core/failure.ts'
import type { BytesLeft } from '#server/uploads/upload-routes.ts'
import type { LiveShare } from './guest-key.ts'

export type HeldQuota = Disposable & { left: BytesLeft }

/**
 * Keeps what is under way by one link within what it takes: each upload may bring what the others leave.
 * In this process alone; what counts in the end is `chargeShare`.
 */
export function createGuestQuota() {
  const underWay = new Map<string, number>()

  return {
    /** @param declaredBytes how many bytes are to come, where the sender said so */
    hold(share: LiveShare, declaredBytes: number | undefined): HeldQuota {
      const { id } = share
      const others = underWay.get(id) ?? 0
      const bytes = Math.max(0, (share.max_bytes ?? 0) - share.used_bytes - others)
      const held = Math.min(declaredBytes ?? 0, bytes)
      underWay.set(id, others + held)
      return {
        left: { bytes, tooMany: quotaFull(bytes) },
        [Symbol.dispose]() {
          const rest = (underWay.get(id) ?? 0) - held
          if (rest > 0) underWay.set(id, rest)
          else underWay.delete(id)
        },
      }
    },
  }
}

export function quotaFull(left: number): ApiFailure {
  const words =
    left === 0
      ? 'This link takes no more files: its size limit is reached.'
      : `This link takes ${left} more bytes, and this would be more.`
  return new ApiFailure('payload_too_large', words)
}
