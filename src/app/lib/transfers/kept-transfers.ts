import { browserStorage } from '#app/lib/browser/storage.ts'

/** The database that keeps uploads over a reload. */
export const uploadsDatabase = 'barkeep-uploads'

/** How the names of the stored imports of a key begin. `keyId`: the key's public id. */
export function storedImports(keyId: string): string {
  return `barkeep.imports.${keyId}.`
}

/**
 * Whether this browser has ever kept an upload. Some browsers do not list databases: there only opening
 * tells, so the answer is true.
 */
export async function mayKeepUploads(): Promise<boolean> {
  const all = await indexedDB.databases?.()
  return all?.some(({ name }) => name === uploadsDatabase) ?? true
}

/** Whether a reload left transfers of this key, as far as that can be told without the code of the queues. */
export async function mayKeepTransfers(keyId: string): Promise<boolean> {
  const prefix = storedImports(keyId)
  if (browserStorage.names().some((name) => name.startsWith(prefix))) return true
  return mayKeepUploads().catch(() => false)
}
