import type { ApiKeySummary, Scope } from '#contract/api-keys.ts'

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

/** What the screen may offer. A scope this build does not know opens nothing here. */
export type Access = {
  canBrowse: boolean
  canUpload: boolean
  canImport: boolean
  /** Rename, move, copy, delete, make folders. */
  canManage: boolean
  /** Make links for people without a key. */
  canShare: boolean
}

/** Reads the scopes of `/me`, and what the server can do, into what the screen may offer with them. */
export function accessFromScopes(
  scopes: readonly string[],
  additions: readonly string[] = [],
): Access {
  return {
    canBrowse: scopes.includes('read'),
    canUpload: scopes.includes('upload'),
    canImport: scopes.includes('import'),
    canManage: scopes.includes('manage') && additions.includes('manage'),
    canShare: scopes.includes('manage') && additions.includes('shares'),
  }
}

const scopePhrases: Record<string, string> = {
  read: 'See folders and files',
  upload: 'Upload files',
  import: 'Import links',
  manage: 'Rename, move, copy and delete',
}

/** What a scope lets its key do, for people. A scope this build does not know keeps its name. */
export function scopeLabels(scope: string): string {
  return scopePhrases[scope] ?? scope
}

/** Stands where the buttons that bring files in would be. */
export const looksOnly =
  'This key may only look. Uploading needs the scope “upload”, importing “import”.'

type MissingScope = {
  title: string
  /** Names the scope; short enough for a tooltip of a button that is unavailable. */
  reason: string
}

/** What the screen says, before it is tried, about what a key without that scope cannot do. */
export const missingScope: Record<Scope, MissingScope> = {
  read: {
    title: 'This key cannot see files',
    reason: 'Seeing folders and files needs a key with the scope “read”.',
  },
  upload: {
    title: 'This key cannot upload',
    reason: 'Uploading needs a key with the scope “upload”.',
  },
  import: {
    title: 'This key cannot import links',
    reason: 'Importing links needs a key with the scope “import”.',
  },
  manage: {
    title: 'This key cannot change what is stored',
    reason: 'Renaming, moving and deleting need a key with the scope “manage”.',
  },
}
