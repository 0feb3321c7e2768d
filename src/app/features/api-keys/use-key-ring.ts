import { useEffect, useState, useSyncExternalStore } from 'react'
import { serverDescription } from '#app/api/server-description.ts'
import { createKeyRing, type KeyRing, type KeyRingSnapshot } from './key-ring.ts'
import { createWebSession } from './web-session.ts'

/** The key ring of this page, asked for what the server knows when the page opens. */
export function useKeyRing(): { ring: KeyRing; snapshot: KeyRingSnapshot } {
  const [ring] = useState(() => createKeyRing(createWebSession(), hasAccounts))
  const snapshot = useSyncExternalStore(ring.subscribe, ring.getSnapshot)
  useEffect(() => void ring.load(), [ring])
  return { ring, snapshot }
}

/** Where nobody says what this server is, asking for the session is worth a try. */
async function hasAccounts(): Promise<boolean> {
  return (await serverDescription.read())?.mode !== 'gateway'
}
