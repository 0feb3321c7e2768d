import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rootFolder } from '#contract/folder-path.ts'
import type { ImportBody } from '#contract/imports.ts'
import { brokenChoiceRule } from '#contract/video-choices.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { UnitOfWork } from '#server/core/unit-of-work.ts'
import type { AddressGuard } from '#server/imports/guard/address-guard.ts'
import { type FindTools, requireTools } from '#server/imports/programs/media-tools.ts'
import { guessImportType } from '#server/imports/source/detect-import-type.ts'
import { readLink } from '#server/imports/source/read-link.ts'
import type { HeldOpenings, SourceOpening } from '#server/imports/source/source-opening.ts'
import type { ImportQueue } from '#server/imports/tasks/import-queue.ts'
import type { ImportTasks, ImportType, NewImportTask } from '#server/imports/tasks/import-tasks.ts'

export type StartImportOptions = {
  guard: AddressGuard
  openings: HeldOpenings
  queue: ImportQueue
  tasks: ImportTasks
  tools: FindTools
  /** Whether SponsorBlock may be asked. */
  sponsorblock: boolean
}

export type StartedImport = { id: string; type: ImportType }

/** Writes what must come true together with the task. */
export type Alongside = (unit: UnitOfWork, started: StartedImport) => Promise<void>

// A person waits for the reply; a slower source goes on answering to the task itself.
const lookMs = 5_000

/**
 * Stores an import and queues it. With `auto` the source is asked what it is, and its answer is
 * held for the task; if it does not say in time, the reply says what the link looks like and the
 * task finds out.
 * @throws ApiFailure `invalid_request` for what is no link, `feature_disabled` without the
 * programs
 */
export async function startImport(
  deps: StartImportOptions,
  asked: {
    key: { id: string; userId: string }
    body: ImportBody
    signal: AbortSignal
    alongside: Alongside
  },
): Promise<StartedImport> {
  const { body, key, signal, alongside } = asked
  const url = readLink(deps.guard, body.url)
  const broken = brokenChoiceRule(body.video)
  if (broken !== null) throw new ApiFailure('invalid_request', broken)
  if (body.video.sponsorblock && !deps.sponsorblock) {
    throw new ApiFailure(
      'feature_disabled',
      'This server does not ask SponsorBlock: whoever runs it can allow that with BARKEEP_SPONSORBLOCK=on.',
    )
  }
  const { type, opening } =
    body.type === 'auto'
      ? await lookAt(deps, { url, userId: key.userId, signal })
      : { type: body.type, opening: null }
  try {
    if (type === 'video') await requireTools(deps.tools)
  } catch (error) {
    opening?.close()
    throw error
  }
  const told = type ?? guessImportType(url)
  // 120 random bits: a task is found by its id alone.
  const id = `${told}_${randomBytes(15).toString('base64url')}`
  const started: StartedImport = { id, type: told }
  const task: NewImportTask = {
    ...{ id, userId: key.userId, keyId: key.id, requestedType: body.type, type, url: url.href },
    ...{ folder: body.path ?? rootFolder, fileName: body.filename ?? null, video: body.video },
  }
  try {
    await deps.tasks.add(task, (unit) => alongside(unit, started))
  } catch (error) {
    opening?.close()
    throw error
  }
  if (opening !== null) deps.openings.hold(id, opening)
  deps.queue.add({ id, userId: key.userId, keyId: key.id })
  return started
}

type Look = { type: ImportType | null; opening: SourceOpening | null }

/** Opens a link and tells what it is; `type` is null where the source does not tell in time. */
async function lookAt(
  { openings }: StartImportOptions,
  { url, userId, signal }: { url: URL; userId: string; signal: AbortSignal },
): Promise<Look> {
  const opening = openings.open(url, userId)
  if (opening === null) return { type: null, opening }
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(lookMs)])
  const type = await Promise.race([opening.type, aborted(bounded)]).catch(() => 'failed' as const)
  if (signal.aborted || type === 'failed') opening.close()
  signal.throwIfAborted()
  return type === 'failed' ? { type: null, opening: null } : { type, opening }
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (!signal.aborted) await once(signal, 'abort')
  return null
}
