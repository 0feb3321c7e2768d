import { useEffect, useSyncExternalStore } from 'react'
import type { UploadsSnapshot, UploadTotals } from '#app/features/uploads/model/upload.ts'
import type { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import { useSnapshot } from '#app/lib/store.ts'

/** The queue's rows; renders at most four times a second while bytes move. */
export function useUploads(queue: UploadQueue): UploadsSnapshot {
  return useSnapshot(queue)
}

/** The counts alone, for a header that must not render on every byte. */
export function useUploadTotals(queue: UploadQueue): UploadTotals {
  return useSyncExternalStore(queue.subscribe, () => queue.getSnapshot().totals)
}

/** Asks before the page is left while something is still to be sent. Use it once, near the root. */
export function useLeaveQuestion(queue: UploadQueue): void {
  useEffect(() => {
    const leaving = new AbortController()
    const handleLeave = (event: BeforeUnloadEvent) => {
      if (queue.getSnapshot().totals.unfinished > 0) event.preventDefault()
    }
    window.addEventListener('beforeunload', handleLeave, leaving)
    return () => leaving.abort()
  }, [queue])
}
