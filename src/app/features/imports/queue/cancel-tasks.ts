import { errorValues, isAbort, isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportTask } from '#contract/imports.ts'
import type { ImportConnection, ImportJob } from './import-job.ts'
import { askedAtOnce, readTask } from './import-task.ts'

const purpose = { lane: 'person', purpose: 'imports' } as const
type Change = Partial<ImportJob>

/**
 * Cancels tasks, many in one request where the server takes that, and says what it changes in each row: one may
 * have been done before the request came, or run on for a while. Never rejects.
 */
export async function cancelTasks(
  jobs: readonly ImportJob[],
  { client, cancelsMany }: ImportConnection,
  onChange: (id: string, change: Change) => void,
): Promise<void> {
  for (const { id } of jobs) onChange(id, { note: { code: 'aborting' } })
  if (jobs.length < 2 || !(await cancelsMany?.())) {
    await Promise.all(jobs.map(async (job) => onChange(job.id, await cancelTask(job, client))))
    return
  }
  for (let at = 0; at < jobs.length; at += askedAtOnce) {
    const some = jobs.slice(at, at + askedAtOnce)
    const changeOf = await cancelSome(some, client)
    for (const job of some) onChange(job.id, changeOf(job))
  }
}

async function cancelSome(
  jobs: readonly ImportJob[],
  client: ApiClient,
): Promise<(job: ImportJob) => Change> {
  const body = { task_ids: jobs.map(({ taskId }) => taskId ?? '') }
  try {
    const { imports } = await client.call(endpoints.cancelImports, { body, ...purpose })
    const tasks = new Map(imports.map((task) => [task.id, task]))
    return (job) => ended(job, tasks.get(job.taskId ?? ''))
  } catch (error) {
    return () => notEnded(error)
  }
}

/** The same for one. */
export async function cancelTask(job: ImportJob, client: ApiClient): Promise<Change> {
  const task_id = job.taskId ?? ''
  try {
    await client.call(endpoints.cancelImport, { body: { task_id }, ...purpose })
    const { task } = await client.call(endpoints.importStatus, { query: { task_id }, ...purpose })
    return ended(job, task)
  } catch (error) {
    return notEnded(error)
  }
}

const unknown: Change = { state: 'cancelled', note: { code: 'unknown_task' } }

function ended(job: ImportJob, task: ImportTask | undefined): Change {
  if (task === undefined) return unknown
  const change = readTask(job, task)
  return change.state === 'running' ? { ...change, note: { code: 'aborting' } } : change
}

function notEnded(error: unknown): Change {
  if (isAbort(error)) return { note: null }
  if (isRefusal(error, 404)) return unknown
  return { note: { code: 'not_aborted', error: errorValues(error) } }
}
