import { isAbort, isRefusal } from '#app/api/api-error.ts'
import type { ApiClient } from '#app/api/client.ts'
import { errorText } from '#app/api/error-text.ts'
import { endpoints } from '#contract/endpoints.ts'
import { failureFrom, forgottenTask } from './import-failure.ts'
import type { ImportJob } from './import-job.ts'
import { readTask } from './read-task.ts'

/** Asks how a task is; null when that cannot be known for now. */
export async function askForTask(
  job: ImportJob,
  client: ApiClient,
): Promise<Partial<ImportJob> | null> {
  try {
    const { task } = await client.call(endpoints.importStatus, {
      query: { task_id: job.taskId ?? '' },
      lane: 'polling',
      purpose: 'imports',
    })
    return readTask(job, task)
  } catch (error) {
    if (isRefusal(error, 404)) return { state: 'failed', note: null, failure: forgottenTask }
    const isFinal = isRefusal(error, 400, 403)
    return isFinal ? { state: 'failed', note: null, failure: failureFrom(error) } : null
  }
}

/**
 * Cancels a task and says how it ended: it may have been done before the wish arrived. One that still
 * runs is followed to its end.
 */
export async function cancelTask(job: ImportJob, client: ApiClient): Promise<Partial<ImportJob>> {
  const purpose = { lane: 'person', purpose: 'imports' } as const
  const task_id = job.taskId ?? ''
  try {
    await client.call(endpoints.cancelImport, { body: { task_id }, ...purpose })
    const { task } = await client.call(endpoints.importStatus, { query: { task_id }, ...purpose })
    const change = readTask(job, task)
    return change.state === 'running' ? { ...change, note: 'Cancelling…' } : change
  } catch (error) {
    if (isAbort(error)) return { note: null }
    if (isRefusal(error, 404)) {
      return { state: 'cancelled', note: 'The server no longer knew this import.' }
    }
    const { title, nextStep } = errorText(error)
    return { note: `Could not be cancelled. ${title} ${nextStep}` }
  }
}
