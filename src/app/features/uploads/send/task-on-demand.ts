import { isAbort } from '#app/api/http/api-error.ts'
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
  for (let tries = 1; ; tries += 1) {
    try {
      const loaded = await import('./upload-task.ts')
      return await loaded.runUpload(upload, connection, parts)
    } catch {
      if (tries === triesAtMost) break
    }
    try {
      await parts.retryPause.wait(tries, upload.signal)
    } catch (error) {
      if (isAbort(error)) return 'over'
      throw error
    }
  }
  parts.rows.change(upload.id, { state: 'failed', failure: notLoaded })
  return 'over'
}
