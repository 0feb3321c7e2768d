import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportNote, ImportReply, ImportTask } from '#contract/imports.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import { guessImportType } from '#server/imports/source/detect-import-type.ts'
import type { FoundImportTask, ProgressReading } from '#server/imports/tasks/import-tasks.ts'
import {
  type Alongside,
  type StartedImport,
  type StartImportOptions,
  startImport,
} from './start-import.ts'

/** What imports need to know of a key. */
export type ImportKey = { id: string; userId: string }

export type ImportRouteOptions = StartImportOptions & {
  route: Route<ImportKey>
  idempotency: Idempotency
}

export function addImportRoutes(app: FastifyInstance, parts: ImportRouteOptions): void {
  const { route, tasks, idempotency } = parts

  async function findOwn(id: string, { userId }: ImportKey): Promise<FoundImportTask> {
    const task = await tasks.find(id)
    // Somebody else's task is as unknown as none: an id must not tell that it exists.
    if (task?.row.user_id !== userId) {
      throw new ApiFailure('not_found', 'There is no import with that task_id.')
    }
    return task
  }

  route(app, endpoints.startImport, async ({ body, key, raw, signal }) => {
    const asked = { userId: key.userId, endpoint: 'import', fingerprint: body }
    const sendersKey = idempotency.readKey(raw)
    return await idempotency.once<ImportReply>(sendersKey, asked, async (keep) => {
      const withinTransaction: Alongside = (transaction, started) =>
        keep(transaction, replyOf(started))
      return replyOf(await startImport(parts, { key, body, signal, withinTransaction }))
    })
  })

  route(app, endpoints.importStatus, async ({ query, key }) => {
    const task = await findOwn(query.task_id, key)
    return { status: 'ok' as const, task: toImportTask(task) }
  })

  route(app, endpoints.cancelImport, async ({ body, key }) => {
    const { row } = await findOwn(body.task_id, key)
    if (row.state === 'running') {
      parts.openings.drop(row.id)
      await tasks.cancel(row.id)
    }
    return { status: 'ok' as const }
  })
}

function replyOf({ id, type }: StartedImport): ImportReply {
  return { status: 'ok', type, task_id: id }
}

function toImportTask({ row: task, reading: reported }: FoundImportTask): ImportTask {
  const reading = reported ?? { percent: task.progress, bytes: 0, title: null }
  const title = task.title ?? reading.title
  const isDone = task.state === 'completed'
  return {
    id: task.id,
    type: task.type ?? guessImportType(new URL(task.url)),
    state: task.state,
    progress: isDone ? '100%' : progressText(reading),
    ...(title === null ? {} : { title }),
    ...(task.error === null ? {} : { error: task.error }),
    ...(task.error_code === null ? {} : { error_code: task.error_code }),
    ...(task.notes_json === null ? {} : { notes: JSON.parse(task.notes_json) as ImportNote[] }),
    ...(isDone && task.result_link !== null ? { link: task.result_link } : {}),
    ...(isDone && task.result_folder !== null ? { folder: task.result_folder } : {}),
  }
}

/** `42%`, as the reference shows it; `12.5 MB` while the whole is unknown. Never 100 % before the end. */
function progressText({ percent, bytes }: ProgressReading): string {
  if (percent !== null) return `${Math.min(99, Math.floor(percent))}%`
  return bytes === 0 ? '0%' : `${(bytes / 1_000_000).toFixed(1)} MB`
}
