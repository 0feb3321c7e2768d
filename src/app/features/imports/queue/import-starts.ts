import { isAbort, isKeyRefusal, isTransient } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest } from '#contract/imports.ts'
import { cancelTask, failureFrom, pauseNote } from './ask-for-task.ts'
import type { ImportJob } from './import-job.ts'

type ImportStartsOptions = {
  retryPause: RetryPause
  getJob(id: string): ImportJob | undefined
  onChange(id: string, change: Partial<ImportJob>): void
}

/** Once `isSent`, the server may have made a task although no answer came yet. */
type Start = { controller: AbortController; isSent: boolean }

/** The starts that are on their way. The gate decides how many of them go out at once. */
export function createImportStarts({ retryPause, getJob, onChange }: ImportStartsOptions) {
  const starts = new Map<string, Start>()

  async function begin(job: ImportJob, client: ApiClient) {
    if (starts.has(job.id)) return
    const start: Start = { controller: new AbortController(), isSent: false }
    starts.set(job.id, start)
    const end = () => {
      if (starts.get(job.id) === start) starts.delete(job.id)
    }
    try {
      const taskId = await startTask(job, {
        client,
        retryPause,
        signal: start.controller.signal,
        onStart() {
          start.isSent = true
        },
        onPause: (error) => onChange(job.id, { note: pauseNote(error) }),
      })
      end()
      await arrive({ ...job, taskId }, client)
    } catch (error) {
      end()
      // The session ended: the job waits for the next one, under the same idempotency key.
      if (isAbort(error) || isKeyRefusal(error)) return
      if (getJob(job.id)?.state === 'waiting') {
        onChange(job.id, { state: 'failed', note: null, failure: failureFrom(error) })
      }
    }
  }

  /** A task that was cancelled while it was asked for must not run on unseen. */
  async function arrive(job: ImportJob, client: ApiClient) {
    const row = getJob(job.id)
    // Retried meanwhile, it waits for another task.
    const isSame = row?.idempotencyKey === job.idempotencyKey
    if (isSame && row.state === 'waiting') {
      onChange(job.id, { taskId: job.taskId, state: 'running', note: null })
      return
    }
    if (isSame) onChange(job.id, { taskId: job.taskId })
    const end = await cancelTask(job, client)
    // What the row says must be true: the task may have ended before, or goes on all the same.
    if (isSame) onChange(job.id, { state: 'running', ...end })
  }

  return {
    begin,
    /** Takes it out of the line; one that was sent already is cancelled when its task is known. */
    stop(id: string) {
      const start = starts.get(id)
      if (start && !start.isSent) start.controller.abort()
    },
    stopAll() {
      for (const { controller } of starts.values()) controller.abort()
      starts.clear()
    },
  }
}

export type StartTaskOptions = {
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
async function startTask(job: ImportJob, parts: StartTaskOptions): Promise<string> {
  const { client, retryPause, onStart, onPause, signal } = parts
  const ask = () =>
    client.call(endpoints.startImport, {
      body: requestFor(job),
      idempotencyKey: job.idempotencyKey,
      lane: 'transfer',
      purpose: 'imports',
      signal,
      onStart,
    })
  const reply = await retryTransient(ask, { retryPause, isTransient, signal, onPause })
  return reply.task_id
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
