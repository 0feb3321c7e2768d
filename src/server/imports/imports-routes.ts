import type { FastifyInstance } from 'fastify'
import { endpoints } from '#contract/endpoints.ts'
import {
  type ImportReply,
  type ImportTask,
  importsPageMax,
  importsPageSize,
  type ListedImport,
} from '#contract/imports.ts'
import { isoTime } from '#server/core/clock.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { Route } from '#server/http/route/route.ts'
import type { Idempotency } from '#server/idempotency/idempotency.ts'
import { guessImportType } from '#server/imports/source/detect-import-type.ts'
import type {
  FoundImportTask,
  ImportTaskRecord,
  ProgressReading,
} from '#server/imports/tasks/import-tasks.ts'
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

  route(app, endpoints.imports, async ({ query, key }) => {
    const { offset, limit = importsPageSize, task_ids } = query
    if (task_ids !== undefined) {
      const ids = task_ids.split(',').filter((id) => id !== '')
      if (ids.length > importsPageMax) {
        throw new ApiFailure('invalid_request', `task_ids has at most ${importsPageMax} ids.`)
      }
      const found = await tasks.findAll(key.userId, ids)
      return {
        ...{ status: 'ok' as const, imports: found.map(toListedImport) },
        ...{ limit: importsPageMax, next_offset: found.length, has_more: false },
      }
    }
    // One more than a page tells whether there is another.
    const found = await tasks.list(key.userId, { offset, limit: limit + 1 })
    const imports = found.slice(0, limit).map(toListedImport)
    return {
      ...{ status: 'ok' as const, imports, limit },
      ...{ next_offset: offset + imports.length, has_more: found.length > limit },
    }
  })

  async function cancel({ task }: FoundImportTask): Promise<void> {
    if (task.state !== 'running') return
    deps.openings.drop(task.id)
    await tasks.cancel(task.id)
  }

  route(app, endpoints.cancelImport, async ({ body, key }) => {
    await cancel(await findOwn(body.task_id, key))
    return { status: 'ok' as const }
  })

  route(app, endpoints.cancelImports, async ({ body: { task_ids }, key: { userId } }) => {
    const own = await tasks.findAll(userId, task_ids)
    await Promise.all(own.map(cancel))
    const imports = (await tasks.findAll(userId, task_ids)).map(toListedImport)
    return { status: 'ok' as const, imports }
  })
}

function replyOf({ id, type }: StartedImport): ImportReply {
  return { status: 'ok', type, task_id: id }
}

function toImportTask({ task, reading }: FoundImportTask): ImportTask {
  const title = task.title ?? reading?.title ?? null
  const isDone = task.state === 'completed'
  return {
    id: task.id,
    type: task.type ?? guessImportType(new URL(task.url)),
    state: task.state,
    progress: isDone ? '100%' : progressText(reading ?? { percent: task.progress, bytes: 0 }),
    ...(title === null ? {} : { title }),
    ...resultOf(task),
    ...(task.state === 'running' && progressOf(reading)),
  }
}

function resultOf({ state, error, notes, link, resultFolder }: ImportTaskRecord) {
  const isDone = state === 'completed'
  return {
    ...(error && { error: error.message }),
    ...(error?.code && { error_code: error.code }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(isDone && link !== null ? { link } : {}),
    ...(isDone && resultFolder !== null ? { folder: resultFolder } : {}),
  }
}

/** What a running task does; absent is what nobody knows. */
function progressOf(reading: ProgressReading | null): Partial<ImportTask> {
  if (reading === null) return { stage: 'waiting' }
  const { stage, percent, bytes, totalBytes, part, bytesPerSecond } = reading
  const total = totalBytes === null ? null : Math.max(bytes, Math.round(totalBytes))
  const left = total === null || !bytesPerSecond ? null : (total - bytes) / bytesPerSecond
  return {
    stage,
    ...(part && { part: part.number, parts: part.of }),
    ...(bytes > 0 && { bytes }),
    ...(total !== null && { total_bytes: total }),
    ...(percent !== null && { share: percent / 100 }),
    ...(bytesPerSecond !== null && { bytes_per_second: Math.round(bytesPerSecond) }),
    ...(left !== null && { seconds_left: Math.ceil(left) }),
  }
}

function toListedImport(found: FoundImportTask): ListedImport {
  const { url, requestedType, folder, fileName, video, createdAt } = found.task
  const isVideo = requestedType === 'video'
  return {
    ...toImportTask(found),
    created_at: isoTime(createdAt),
    request: {
      ...{ url, type: requestedType },
      ...(isVideo ? {} : { path: folder }),
      ...(isVideo || fileName === null ? {} : { filename: fileName }),
      ...(requestedType === 'file' ? {} : { video }),
    },
  }
}

/** `42%`, as the reference shows it; `12.5 MB` while the whole is unknown. Never 100 % before the end. */
function progressText({ percent, bytes }: Pick<ProgressReading, 'percent' | 'bytes'>): string {
  if (percent !== null) return `${Math.min(99, Math.floor(percent))}%`
  return bytes === 0 ? '0%' : `${(bytes / 1_000_000).toFixed(1)} MB`
}
