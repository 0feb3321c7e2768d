import { isPassing } from '#app/api/api-error.ts'
import type { ApiClient } from '#app/api/client.ts'
import type { RetryPause } from '#app/lib/retry-pause.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest } from '#contract/imports.ts'
import type { ImportJob } from './import-job.ts'

export type StartTaskParts = {
  client: ApiClient
  retryPause: RetryPause
  /** The request goes out: from now on there may be a task. */
  onStart(): void
  /** It will be tried again; `error` says what came between. */
  onPause(error: unknown): void
  signal: AbortSignal
}

/**
 * Asks for a task until the server gives one; its id. Each try has the same idempotency key, so an
 * answer that was lost on its way costs nothing. Throws ApiError or AbortError.
 */
export async function startTask(job: ImportJob, parts: StartTaskParts): Promise<string> {
  const { client, retryPause, onStart, onPause, signal } = parts
  for (let failures = 0; ; ) {
    try {
      const reply = await client.call(endpoints.startImport, {
        body: requestFor(job),
        idempotencyKey: job.idempotencyKey,
        lane: 'transfer',
        purpose: 'imports',
        signal,
        onStart,
      })
      return reply.task_id
    } catch (error) {
      if (!isPassing(error)) throw error
      onPause(error)
    }
    const isAwake = await retryPause.wait(failures + 1, signal)
    failures = isAwake ? 0 : failures + 1
  }
}

/** Only what applies: a video goes to a folder of its own title. */
function requestFor({ link, options }: ImportJob): ImportRequest {
  const { type, quality, subtitles, thumbnail, folder, fileName } = options
  return {
    url: link,
    type,
    ...(type === 'video' || folder === '' ? {} : { path: folder }),
    ...(type === 'video' || fileName === '' ? {} : { filename: fileName }),
    ...(type === 'file' ? {} : { video: { quality, subtitles, thumbnail } }),
  }
}
