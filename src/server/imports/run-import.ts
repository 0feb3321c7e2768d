import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { AccessEnded, type AccessWatch } from '#server/core/access-watch.ts'
import type { AddFile } from '#server/files/add-files.ts'
import { fileLink } from '#server/files/file-repository.ts'
import {
  type Download,
  type DownloadOptions,
  downloadFile,
} from '#server/imports/download/download-file.ts'
import { type FindTools, unfitToolsText } from '#server/imports/programs/media-tools.ts'
import { type OpenedPage, readPage } from '#server/imports/source/read-page.ts'
import {
  type HeldOpenings,
  openSource,
  type SourceOpening,
} from '#server/imports/source/source-opening.ts'
import { explainEnded, ImportFailure, importErrorOf } from '#server/imports/tasks/import-failure.ts'
import type { ImportTurn } from '#server/imports/tasks/import-queue.ts'
import type {
  ImportEnd,
  ImportTaskRecord,
  ImportTasks,
  ImportType,
  ProgressReading,
} from '#server/imports/tasks/import-tasks.ts'
import { importVideo, type VideoImportOptions, type WriteListed } from './import-video.ts'
import { measureSpeed } from './tasks/measure-speed.ts'

export type RunImportOptions = FileImportOptions &
  VideoImportOptions & {
    access: Pick<AccessWatch, 'require'>
    openings: HeldOpenings
    tools: FindTools
    log: Pick<FastifyBaseLogger, 'error' | 'warn' | 'info'>
  }

const retryFinishMs = 1_000

/**
 * Makes the function that does one import from start to end. It never rejects, and leaves a task in
 * the state `running` only when it was stopped or cancelled: whoever did that says what it is then.
 */
export function createRunImport(deps: RunImportOptions) {
  return async (id: string, turn: ImportTurn): Promise<void> => {
    try {
      const claim = turn.claim ?? (await deps.tasks.claim(id))
      if (claim === null) return
      const stopped = AbortSignal.any([turn.stopped, claim.cancelled])
      try {
        const end = await endOf(deps, claim.task, { ...turn, stopped })
        if (end !== null) await finish(deps, id, { end, signal: stopped })
      } finally {
        await deps.tasks.release(id)
      }
    } catch (error) {
      deps.log.error({ err: error, importId: id }, 'import task cannot be read')
    } finally {
      deps.openings.drop(id)
    }
  }
}

/** How a task ended that nobody has written down yet: a completed one has been, with its files. */
async function endOf(
  deps: RunImportOptions,
  task: ImportTaskRecord,
  { stopped, accessEnded, hasWaited }: ImportTurn,
): Promise<ImportEnd | null> {
  const signal = AbortSignal.any([stopped, accessEnded])
  try {
    // It may have waited long, in the queue or for a restart.
    await deps.access.require(task)
    signal.throwIfAborted()
    await runTask(deps, task, { signal, hasWaited })
    return null
  } catch (error) {
    if (stopped.aborted) return null
    // What broke because access ended is not the reason.
    const cause: unknown = accessEnded.aborted ? accessEnded.reason : error
    if (deps.tasks.triesAgain(task.id, cause)) return null
    if (!(cause instanceof ImportFailure || cause instanceof AccessEnded)) {
      deps.log.warn({ err: cause, importId: task.id }, 'import failed')
    }
    return { state: 'failed', error: importErrorOf(cause) }
  }
}

const noProgress: Omit<ProgressReading, 'bytesPerSecond'> = {
  stage: 'looking',
  ...{ percent: null, bytes: 0, totalBytes: null, part: null, title: null },
}

/** Asks the source once, whatever it turns out to be; a link that was looked at is open already. */
async function runTask(
  deps: RunImportOptions,
  task: ImportTaskRecord,
  { signal, hasWaited }: { signal: AbortSignal; hasWaited: boolean },
): Promise<void> {
  createReport(deps, task)(noProgress)
  let opening = deps.openings.take(task.id)
  const close = () => opening?.close()
  signal.addEventListener('abort', close)
  try {
    signal.throwIfAborted()
    const url = new URL(task.url)
    // Looked at, and not held any more: the server was started anew, or it waited too long.
    const wasSeen = opening === null && task.requestedType === 'auto' && task.type === 'file'
    const past = wasSeen ? 'seen' : hasWaited ? 'waited' : 'new'
    if (task.type !== 'video') opening ??= openSource(deps, url, { past })
    const type = task.type ?? (await findType(deps, task, opening))
    if (type === 'video') {
      const page = opening && (await readPage(url, opening).catch(() => null))
      close()
      signal.throwIfAborted()
      await runVideo(deps, task, { page, signal }).catch((error: unknown) => {
        throw explainEnded(error, past)
      })
    } else if (opening !== null) await runFile(deps, task, { opening, signal })
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

async function findType(
  { tasks }: RunImportOptions,
  { id }: ImportTaskRecord,
  opening: SourceOpening | null,
): Promise<ImportType> {
  const type = (await opening?.type) ?? 'video'
  await tasks.setType(id, type)
  return type
}

async function runFile(
  deps: RunImportOptions,
  task: ImportTaskRecord,
  { opening, signal }: { opening: SourceOpening; signal: AbortSignal },
): Promise<void> {
  const report = createReport(deps, task)
  await importFile(deps, task, {
    source: await opening.opened,
    signal,
    onProgress: (bytes, total) => {
      const percent = total === null ? null : total === 0 ? 100 : (bytes / total) * 100
      const stage = bytes === total ? 'storing' : 'downloading'
      report({ stage, percent, bytes, totalBytes: total, part: null, title: null })
    },
  })
}

async function runVideo(
  deps: RunImportOptions,
  task: ImportTaskRecord,
  how: { page: OpenedPage | null; signal: AbortSignal },
): Promise<void> {
  const tools = await deps.tools()
  if ('problem' in tools) throw new ImportFailure('feature_disabled', unfitToolsText(tools))
  await importVideo(deps, task, { tools, ...how, onProgress: createReport(deps, task) })
}

/** Makes what tells how far an import is. Not awaited: a lost report is followed by the next. */
function createReport({ tasks, log, clock }: RunImportOptions, { id }: ImportTaskRecord) {
  const speedOf = measureSpeed(clock)
  return (reading: Omit<ProgressReading, 'bytesPerSecond'>): void => {
    const isMoving = reading.stage === 'downloading'
    const bytesPerSecond = isMoving ? speedOf(reading.bytes) : null
    tasks.progress(id, { ...reading, bytesPerSecond }).catch((error) => {
      log.warn({ err: error, importId: id }, 'progress of an import cannot be stored')
    })
  }
}

/** Stores the end, and retries while the store fails: no task may stay running for ever. */
async function finish(
  deps: RunImportOptions,
  id: string,
  { end, signal }: { end: ImportEnd; signal: AbortSignal },
): Promise<void> {
  for (;;) {
    try {
      await deps.tasks.finish(id, end)
      return
    } catch (error) {
      deps.log.error({ err: error, importId: id }, 'end of an import cannot be stored')
      if (signal.aborted) return
      await wait(retryFinishMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

export type FileImportOptions = DownloadOptions & {
  addFile: AddFile
  writeListed: WriteListed
  tasks: ImportTasks
  publicUrl(): string
}

/** Downloads a task's link, which is open, and lists it as a file, which ends the task. */
async function importFile(
  deps: FileImportOptions,
  task: ImportTaskRecord,
  run: Pick<Download, 'source' | 'signal' | 'onProgress'>,
): Promise<void> {
  const { name, staged } = await downloadFile(deps, {
    url: new URL(task.url),
    asked: task.fileName,
    ...run,
  })
  if (run.signal.aborted || !(await deps.tasks.heartbeat(task.id))) {
    await staged.discard()
    throw (
      run.signal.reason ??
      new ImportFailure('server_error', 'Another worker has taken this import over.')
    )
  }
  await deps.addFile({
    ...{ userId: task.userId, folder: task.folder, name, staged },
    alongside: async (unit, [file], { files }) => {
      if (file === undefined) return
      await deps.writeListed(unit, { taskId: task.id, files })
      const result = { title: file.name, link: fileLink(deps.publicUrl(), file) }
      await deps.tasks.finish(task.id, { state: 'completed', progress: 100, ...result }, unit)
    },
  })
}
