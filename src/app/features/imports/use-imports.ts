import { useEffect, useSyncExternalStore } from 'react'
import type { ImportsSnapshot, ImportTotals } from './import-job.ts'
import type { ImportConnection, ImportQueue } from './import-queue.ts'

export function useImports(queue: ImportQueue): ImportsSnapshot {
  return useSyncExternalStore(queue.subscribe, queue.getSnapshot)
}

/** The counts alone, for a header that must not render on every percent. */
export function useImportTotals(queue: ImportQueue): ImportTotals {
  return useSyncExternalStore(queue.subscribe, () => queue.getSnapshot().totals)
}

/** Follows tasks while there is a connection; keep the object the same for the whole session. */
export function useImportConnection(queue: ImportQueue, connection: ImportConnection | null): void {
  useEffect(() => {
    queue.connect(connection)
    const connected = new AbortController()
    window.addEventListener('online', () => queue.wake(), connected)
    document.addEventListener('visibilitychange', () => queue.wake(), connected)
    return () => connected.abort()
  }, [queue, connection])
}
