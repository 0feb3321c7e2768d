import { useEffect } from 'react'
import type { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'

/** Makes the browser ask before the page is left with unfinished uploads. Use it once, near the root. */
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
