import { useSyncExternalStore } from 'react'
import type { ImportsSnapshot, ImportTotals } from '#app/features/imports/queue/import-job.ts'
import type { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import { useSnapshot } from '#app/lib/store.ts'

export function useImports(queue: ImportQueue): ImportsSnapshot {
  return useSnapshot(queue)
}

/** The counts alone, for a header that must not render on every percent. */
export function useImportTotals(queue: ImportQueue): ImportTotals {
  return useSyncExternalStore(queue.subscribe, () => queue.getSnapshot().totals)
}
