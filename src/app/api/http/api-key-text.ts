import type { ApiKeySummary } from '#contract/api-keys.ts'

/** The key as people recognise it, `csb_live_ab12cd…wxyz`: never enough to use it. */
export function shortenedKey(key: Pick<ApiKeySummary, 'key_prefix' | 'key_last4'>): string {
  // The server ends the prefix with dots of its own.
  return `${key.key_prefix.replace(/(\.{3}|…)$/, '')}…${key.key_last4}`
}

export type KeyLifetime = 'endless' | 'lasting' | 'ending' | 'over'

const warnAheadMs = 7 * 86_400_000

/** Where a key stands in its life: `ending` within its last seven days. `now` in epoch ms. */
export function keyLifetime(expiresAt: string | null, now: number): KeyLifetime {
  if (expiresAt === null) return 'endless'
  const left = Date.parse(expiresAt) - now
  // A date that cannot be read is told as it came, without a warning made up from it.
  if (Number.isNaN(left)) return 'lasting'
  if (left <= 0) return 'over'
  return left <= warnAheadMs ? 'ending' : 'lasting'
}
