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
