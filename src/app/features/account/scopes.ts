import type { Scope } from '#contract/api-keys.ts'

/** What the screen may offer. A scope this build does not know opens nothing here. */
export type Access = { canBrowse: boolean; canUpload: boolean; canImport: boolean }

/** Reads the scopes of `/me` into what the screen may offer with them. */
export function accessFromScopes(scopes: readonly string[]): Access {
  return {
    canBrowse: scopes.includes('read'),
    canUpload: scopes.includes('upload'),
    canImport: scopes.includes('import'),
  }
}

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
}
