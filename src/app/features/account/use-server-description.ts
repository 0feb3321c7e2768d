import { useSyncExternalStore } from 'react'
import { serverDescription } from '#app/api/server-description.ts'
import type { ServerDescription } from '#contract/server-description.ts'

/** What stands behind this address (own store or gateway); null until it is known. Asked once. */
export function useServerDescription(): ServerDescription | null {
  return useSyncExternalStore(serverDescription.subscribe, serverDescription.getSnapshot)
}
