import { useEffect, useState, useSyncExternalStore } from 'react'
import { createKeyRing, type KeyRing, type KeyRingSnapshot } from './key-ring.ts'
import { createWebSession } from './web-session.ts'

/** The key ring of this page, asked for what the server knows when the page opens. */
export function useKeyRing(): { ring: KeyRing; snapshot: KeyRingSnapshot } {
  const [ring] = useState(() => createKeyRing(createWebSession()))
  const snapshot = useSyncExternalStore(ring.subscribe, ring.getSnapshot)
  useEffect(() => void ring.load(), [ring])
  return { ring, snapshot }
}
