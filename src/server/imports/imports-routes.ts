import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import type { ImportReply, ImportTask } from '#contract/imports.ts'
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

/** Starting an import, asking for it, and cancelling it. */
export function addImportRoutes(app: FastifyInstance, deps: ImportRouteOptions): void {
  const { route, tasks, idempotency } = deps

  async function findOwn(id: string, { userId }: ImportKey): Promise<FoundImportTask> {
    const found = await tasks.find(id)
    // Another account's task is answered like an unknown one: ids must not reveal that it exists.
    if (found?.task.userId !== userId) {
      throw new ApiFailure('not_found', 'There is no import with that task_id.')
    }
    return found
  }

  route(app, endpoints.startImport, async ({ body, key, raw, signal }) => {
    const asked = { userId: key.userId, endpoint: 'import', fingerprint: body }
    const sendersKey = idempotency.readKey(raw)
    return await idempotency.once<ImportReply>(sendersKey, asked, async (keep) => {
      const alongside: Alongside = (unit, started) => keep(unit, replyOf(started))
      return replyOf(await startImport(deps, { key, body, signal, alongside }))
    })
  })

  route(app, endpoints.importStatus, async ({ query, key }) => {
    const found = await findOwn(query.task_id, key)
    return { status: 'ok' as const, task: toImportTask(found) }
  })

  route(app, endpoints.cancelImport, async ({ body, key }) => {
    const { task } = await findOwn(body.task_id, key)
    if (task.state === 'running') {
      deps.openings.drop(task.id)
      await tasks.cancel(task.id)
    }
    return { status: 'ok' as const }
  })
}

function replyOf({ id, type }: StartedImport): ImportReply {
  return { status: 'ok', type, task_id: id }
}

function toImportTask({ task, reading: reported }: FoundImportTask): ImportTask {
  const reading = reported ?? { percent: task.progress, bytes: 0, title: null }
  const title = task.title ?? reading.title
  const isDone = task.state === 'completed'
  const { error, notes, link, resultFolder } = task
  return {
    id: task.id,
    type: task.type ?? guessImportType(new URL(task.url)),
    state: task.state,
    progress: isDone ? '100%' : progressText(reading),
    ...(title === null ? {} : { title }),
    ...(error && { error: error.message }),
    ...(error?.code && { error_code: error.code }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(isDone && link !== null ? { link } : {}),
    ...(isDone && resultFolder !== null ? { folder: resultFolder } : {}),
  }
}

/** `42%`, as the reference shows it; `12.5 MB` while the whole is unknown. Never 100 % before the end. */
function progressText({ percent, bytes }: ProgressReading): string {
  if (percent !== null) return `${Math.min(99, Math.floor(percent))}%`
  return bytes === 0 ? '0%' : `${(bytes / 1_000_000).toFixed(1)} MB`
}
