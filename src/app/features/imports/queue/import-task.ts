import { errorValues, isRefusal } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { safeLink } from '#app/lib/untrusted-text.ts'
import { endpoints } from '#contract/endpoints.ts'
import { parseFolderPath } from '#contract/folder-path.ts'
import type { ImportTask } from '#contract/imports.ts'
import type { ImportJob, ImportNote, ImportProgress } from './import-job.ts'

/** What a task's state changes in its row; null if the server did not say. Never rejects. */
async function askForTask(job: ImportJob, client: ApiClient): Promise<Partial<ImportJob> | null> {
  try {
    const { task } = await client.call(endpoints.importStatus, {
      query: { task_id: job.taskId ?? '' },
      lane: 'polling',
      purpose: 'imports',
    })
    return readTask(job, task)
  } catch (error) {
    if (isRefusal(error, 404)) return unknownTask
    return isRefusal(error, 400, 403) ? refusedChange(error) : null
  }
}

/** So many can be asked for in one request where the server lists imports. */
export const askedAtOnce = 100

/**
 * What the states of several tasks change in their rows, by row id, from one request; null if the server
 * did not answer. Never rejects.
 */
export async function askForTasks(
  jobs: readonly ImportJob[],
  client: ApiClient,
): Promise<ReadonlyMap<string, Partial<ImportJob>> | null> {
  const [first] = jobs
  if (first === undefined) return new Map()
  if (jobs.length === 1) {
    const change = await askForTask(first, client)
    return change && new Map([[first.id, change]])
  }
  try {
    const { imports } = await client.call(endpoints.imports, {
      query: { task_ids: jobs.map(({ taskId }) => taskId).join() },
      ...{ lane: 'polling', purpose: 'imports' },
    })
    const tasks = new Map(imports.map((task) => [task.id, task]))
    return new Map(
      jobs.map((job) => {
        const task = tasks.get(job.taskId ?? '')
        return [job.id, task ? readTask(job, task) : unknownTask]
      }),
    )
  } catch (error) {
    if (!isRefusal(error, 400, 403)) return null
    return new Map(jobs.map(({ id }) => [id, refusedChange(error)]))
  }
}

const unknownTask: Partial<ImportJob> = {
  state: 'failed',
  ...{ note: null, progress: null, failure: { code: 'unknown_task' } },
}

/** What a refusal changes in the row. */
export function refusedChange(error: unknown): Partial<ImportJob> {
  return { state: 'failed', note: null, failure: { code: 'refused', error: errorValues(error) } }
}

const longestText = 500

/** What a task's state changes in its row. Its texts and links are not to be trusted. */
export function readTask(job: ImportJob, task: ImportTask): Partial<ImportJob> {
  const title = shorten(task.title) ?? job.title
  switch (task.state) {
    case 'completed':
      return {
        state: 'done',
        title,
        percent: 100,
        progress: null,
        note: readNotes(task.notes),
        fileLink: safeLink(task.link),
        folder: readFolder(task.folder ?? job.options.folder),
      }
    case 'failed': {
      const failure = {
        code: 'task_failed',
        reason: shorten(task.error) ?? undefined,
        taskCode: task.error_code,
      }
      return { state: 'failed', title, progress: null, note: null, failure }
    }
    case 'cancelled':
      return { state: 'cancelled', title, progress: null, note: null }
    default:
      // A newer server may have more states on the way to an end.
      return {
        ...{ state: 'running', title, note: null },
        ...{ percent: readPercent(task.progress), progress: readProgress(task) },
      }
  }
}

/** Null where the server says nothing of it. */
function readProgress(task: ImportTask): ImportProgress | null {
  const { stage, part, parts, bytes, total_bytes, bytes_per_second, seconds_left } = task
  if (stage === undefined) return null
  return {
    stage,
    part: part && parts ? { number: part, of: parts } : null,
    bytes: bytes ?? null,
    totalBytes: total_bytes ?? null,
    bytesPerSecond: bytes_per_second ?? null,
    secondsLeft: seconds_left ?? null,
  }
}

const notesShown = 6

/** Cut short: a page may have a hundred subtitle tracks, each with a note. */
function readNotes(notes: ImportTask['notes'] = []): ImportNote | null {
  if (notes.length === 0) return null
  const messages = notes.slice(0, notesShown).map(({ message }) => shorten(message) ?? '')
  return { code: 'messages', messages, more: notes.length - messages.length }
}

/** Null for blank text. A page's title may be very long. */
function shorten(text = ''): string | null {
  return text.trim().slice(0, longestText) || null
}

function readPercent(progress: string): number | null {
  const percent = Number.parseFloat(progress)
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : null
}

function readFolder(text: string): string | null {
  const folder = parseFolderPath(text)
  return folder.ok ? folder.value : null
}
