import { isAbort, isKeyRefusal, isTransient, pauseCode } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest } from '#contract/imports.ts'
import type { ImportJob } from './import-job.ts'
import { cancelTask, refusedChange } from './import-task.ts'

type ImportStartsOptions = {
  retryPause: RetryPause
  getJob(id: string): ImportJob | undefined
  onChange(id: string, change: Partial<ImportJob>): void
}

/** Asks the server for tasks. */
export function createImportStarts({ retryPause, getJob, onChange }: ImportStartsOptions) {
  /** By idempotency key: there may be a task although no answer came yet. */
  const sent = new Set<string>()

  /** False: retried meanwhile, its row waits for another task. */
  function isSame({ id, idempotencyKey }: ImportJob): boolean {
    return getJob(id)?.idempotencyKey === idempotencyKey
  }

  const isWaiting = (job: ImportJob) => isSame(job) && getJob(job.id)?.state === 'waiting'

  /** A task that was cancelled while it was asked for must not run on unseen. */
  async function cancelUnseen(job: ImportJob, client: ApiClient) {
    if (isSame(job)) onChange(job.id, { taskId: job.taskId })
    const end = await cancelTask(job, client)
    // What the row says must be true: the task may have ended before, or goes on all the same.
    if (isSame(job)) onChange(job.id, { state: 'running', ...end })
  }

  return {
    isSent: ({ idempotencyKey }: ImportJob) => sent.has(idempotencyKey),
    /** Ends when the server has given a task or refused; never rejects. */
    async run(job: ImportJob, client: ApiClient, signal: AbortSignal): Promise<void> {
      const { id, idempotencyKey } = job
      try {
        const taskId = await startTask(job, {
          client,
          retryPause,
          signal,
          onStart: () => sent.add(idempotencyKey),
          onPause: (error) => isWaiting(job) && onChange(id, { note: { code: pauseCode(error) } }),
        })
        if (isWaiting(job)) onChange(id, { taskId, state: 'running', note: null })
        else await cancelUnseen({ ...job, taskId }, client)
      } catch (error) {
        // The session ended: the job waits for the next one, under the same idempotency key.
        const isLost = isAbort(error) || isKeyRefusal(error)
        if (!isLost && isWaiting(job)) onChange(id, refusedChange(error))
      } finally {
        sent.delete(idempotencyKey)
      }
    },
  }
}

type StartTaskOptions = {
  client: ApiClient
  retryPause: RetryPause
  /** The request goes out: from now on there may be a task. */
  onStart(): unknown
  /** It will be tried again; `error` says what came between. */
  onPause(error: unknown): unknown
  signal: AbortSignal
}

/**
 * Asks for a task until the server gives one; its id. Each try has the same idempotency key, so an
 * answer that was lost on its way costs nothing.
 *
 * @throws ApiError when the server refuses, AbortError when the signal fires or the session ends
 */
async function startTask(
  job: ImportJob,
  { client, onStart, ...retrying }: StartTaskOptions,
): Promise<string> {
  const ask = () =>
    client.call(endpoints.startImport, {
      body: requestFor(job),
      idempotencyKey: job.idempotencyKey,
      lane: 'transfer',
      purpose: 'imports',
      signal: retrying.signal,
      onStart: () => void onStart(),
    })
  return (await retryTransient(ask, { ...retrying, isTransient })).task_id
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
