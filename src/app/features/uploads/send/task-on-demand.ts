import { retryTransient } from '#app/lib/retry.ts'
import type { runUpload } from './upload-task.ts'

export type RunUpload = typeof runUpload

const triesAtMost = 5
/** Told only when it failed several times: by then the network is there and the part is not. */
const notLoaded = {
  reason: 'The part of this page that sends files could not be loaded.',
  nextStep: 'Check the connection and retry. Where that does not help, reload the page.',
  canRetry: true,
}

/** One upload's turn, by code that is loaded with the first upload: the first screen needs none of it. */
export const runUploadOnDemand: RunUpload = async (upload, connection, parts) => {
  const { signal } = upload
  try {
    const { runUpload } = await retryTransient(() => import('./upload-task.ts'), {
      retryPause: parts.retryPause,
      isTransient: () => true,
      tries: triesAtMost,
      signal,
    })
    return await runUpload(upload, connection, parts)
  } catch {
    if (!signal.aborted) parts.rows.change(upload.id, { state: 'failed', failure: notLoaded })
    return 'over'
  }
}
