import { useSyncExternalStore } from 'react'
import type { ImportsSnapshot, ImportTotals } from '#app/features/imports/queue/import-job.ts'
import type { ImportQueue } from '#app/features/imports/queue/import-queue.ts'

export function useImports(queue: ImportQueue): ImportsSnapshot {
  return useSyncExternalStore(queue.subscribe, queue.getSnapshot)
}

/** The counts alone, for a header that must not render on every percent. */
export function useImportTotals(queue: ImportQueue): ImportTotals {
  return useSyncExternalStore(queue.subscribe, () => queue.getSnapshot().totals)
}
