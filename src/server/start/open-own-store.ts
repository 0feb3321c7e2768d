import { openEmbeddedStore } from './embedded-store.ts'
import type { OwnStore, StoreOptions } from './own-store.ts'

/** The one that the settings name. What the other needs is not even loaded. @throws ConfigError */
export async function openOwnStore(options: StoreOptions): Promise<OwnStore> {
  const { database } = options.config
  if (database === null) return await openEmbeddedStore(options)
  const { openSharedStore } = await import('./shared-store.ts')
  return await openSharedStore(options, database)
}
