import { isAbort, isKeyRefusal, isTransient, pauseCode } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportRequest } from '#contract/imports.ts'
import { cancelTask } from './cancel-tasks.ts'
import type { ImportJob } from './import-job.ts'
import { refusedChange } from './import-task.ts'
import { videoRequest } from './video-request.ts'

type ImportStartsOptions = {
  retryPause: RetryPause
  getJob(id: string): ImportJob | undefined
  onChange(id: string, change: Partial<ImportJob>): void
}

/** Starts tasks on the server. */
export function createImportStarts({ retryPause, getJob, onChange }: ImportStartsOptions) {
  /** Idempotency keys of requests that went out: the server may have made a task already. */
  const sent = new Set<string>()

  /** False if the row was retried meanwhile and waits for another task. */
  function isSame({ id, idempotencyKey }: ImportJob): boolean {
    return getJob(id)?.idempotencyKey === idempotencyKey
  }

  const isWaiting = (job: ImportJob) => isSame(job) && getJob(job.id)?.state === 'waiting'

  /** A task that was cancelled while it was started must not run on unseen. */
  async function cancelUnseen(job: ImportJob, client: ApiClient) {
    if (isSame(job)) onChange(job.id, { taskId: job.taskId })
    const end = await cancelTask(job, client)
    // The task may have ended before, or run on: the row must say what is true.
    if (isSame(job)) onChange(job.id, { state: 'running', ...end })
  }

  return {
    isSent: ({ idempotencyKey }: ImportJob) => sent.has(idempotencyKey),
    /** Resolves when the server has given a task or refused. Never rejects. */
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
        // If the session ended, the job waits for the next one and keeps its idempotency key.
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
  /** Called when the request goes out: from now on there may be a task. */
  onStart(): unknown
  /** Called before each pause with what went wrong. */
  onPause(error: unknown): unknown
  signal: AbortSignal
}

/**
 * Starts a task, trying again after transient errors; resolves with its id. All tries share one
 * idempotency key, so a lost answer does not start a second task.
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

/** Leaves out what does not apply: a video goes to a folder named after its title. */
function requestFor({ link, options, request }: ImportJob): ImportRequest {
  // Started elsewhere: asked for again word by word.
  if (request) return request as ImportRequest
  const { type, folder, fileName, list } = options
  return {
    url: link,
    type,
    ...(type === 'video' || folder === '' ? {} : { path: folder }),
    ...(type === 'video' || fileName === '' ? {} : { filename: fileName }),
    ...(type === 'file' ? {} : { video: { ...videoRequest(options), ...readPlace(list) } }),
  } as ImportRequest
}

/** What a server that has no `inspect` ignores. */
function readPlace(list: ImportJob['options']['list']): NonNullable<ImportRequest['video']> {
  if (list === undefined) return {}
  const { folder, prefix, item } = list
  return { folder, ...(prefix && { prefix }), ...(item && { item }) }
}
