import {
  ConnectionError,
  errorValues,
  isAbort,
  isKeyRefusal,
  isTransient,
  pauseCode,
} from '#app/api/http/api-error.ts'
import type { SendFile } from '#app/api/http/send-file.ts'
import type {
  ArrivedFile,
  Pack,
  Upload,
  UploadConnection,
  UploadJob,
} from '#app/features/uploads/upload.ts'
import type { Clock } from '#app/lib/clock.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import type { TaskEnd } from '#app/lib/transfers/task-queue.ts'
import type { TransferRows } from '#app/lib/transfers/transfer-rows.ts'

export type UploadTask = { id: string; job: UploadJob; signal: AbortSignal }

export type SendUploadOptions = {
  rows: TransferRows<Upload>
  clock: Clock
  retryPause: RetryPause
  /** Whether the file on this machine can still be read. */
  canRead?: ((file: File) => Promise<boolean>) | undefined
  /** Takes uploads that wait, first come first, into a pack with this one: those that `accept` takes. */
  takeAlong(accept: (job: UploadJob) => boolean | 'full'): Pick<UploadTask, 'id' | 'job'>[]
  /** Uploads that were taken along wait again. */
  putBack(ids: readonly string[], end: 'first' | 'last'): void
  /** These uploads are on their way in one pack; null: no more. */
  onPack(ids: readonly string[], pack: Pack | null): void
  /** Whether others should go first, asked after some failures in a row. */
  shouldYield(): boolean
  /** The key was refused, or its gate was closed. */
  onSessionLost(connection: UploadConnection): void
  onUploaded(upload: Upload): void
  /** It was aborted and may have arrived: no answer says so. */
  onUnsure(id: string): void
  /** Its upload in parts has an address, which should outlive the page. */
  onAddress(): void
}

/** Larger ones come in parts, in bytes: a break costs the others little, and parts cost requests. */
const resumableFrom = 64 * 1024 * 1024

/** The file was changed, moved or deleted since it was added. */
class FileChangedError extends Error {}

/** The upload goes to the end of the queue. */
class RequeuedError extends Error {}

export const still = { sentBytes: 0, bytesPerSecond: null, secondsLeft: null } as const

/** Sends one file until it has arrived or was refused, and keeps its row up to date. Never rejects. */
export async function sendUpload(
  task: UploadTask,
  connection: UploadConnection,
  options: SendUploadOptions,
): Promise<TaskEnd> {
  const { id, job, signal } = task
  const { rows } = options
  const isAborting = () => rows.get(id)?.isAborting === true
  const end = (change: Partial<Upload>): TaskEnd => {
    // A row that was cancelled stays cancelled, whatever comes later.
    if (!signal.aborted) rows.change(id, { ...still, note: null, isAborting: false, ...change })
    return 'over'
  }
  const { size } = job.file
  const { maxBytes } = connection
  if (size > maxBytes) {
    return end({ state: 'failed', failure: { code: 'too_large', size, maxBytes } })
  }
  try {
    const arrived = await sendUntilThere(task, connection, options)
    end({ state: 'done', sentBytes: size, arrived, note: isAborting() ? 'arrived_first' : null })
    const upload = rows.get(id)
    if (upload?.state === 'done') options.onUploaded(upload)
    return 'over'
  } catch (error) {
    return signal.aborted ? 'over' : endByError(error)
  }

  function endByError(error: unknown): TaskEnd {
    if (isAborting()) {
      if (!job.mayHaveArrived) return end({ state: 'cancelled' })
      options.onUnsure(id)
      return 'over'
    }
    if (error instanceof RequeuedError) {
      rows.change(id, { ...stillOf(job), state: 'waiting' })
      return 'last'
    }
    if (isAbort(error) || isKeyRefusal(error)) {
      rows.change(id, { ...stillOf(job), state: 'waiting', note: null })
      options.onSessionLost(connection)
      return 'first'
    }
    const failure =
      error instanceof FileChangedError
        ? ({ code: 'file_changed' } as const)
        : ({ code: 'refused', error: errorValues(error) } as const)
    return end({ state: 'failed', failure })
  }
}

export const triesPerTurn = 5

/**
 * Tries again after transient errors.
 *
 * @throws ApiError when the server refuses the file, AbortError when the task or the session ends
 * @throws FileChangedError when the file cannot be read any more
 * @throws RequeuedError after some failures, when others wait
 */
function sendUntilThere(
  { id, job, signal }: UploadTask,
  connection: UploadConnection,
  options: SendUploadOptions,
): Promise<ArrivedFile> {
  const { rows, retryPause, canRead = canReadFile, shouldYield, onUnsure, onAddress } = options
  const meter = meterProgress(id, options)
  // Where this try began to send, and the one before.
  let [began, beganBefore] = [0, 0]
  const onStart = (offset = 0) => {
    began = offset
    meter.onStart(offset)
  }
  const noteOf = (error: unknown) => {
    const isLost = error instanceof ConnectionError && job.resumeAt === null
    return isLost && (rows.get(id)?.sentBytes ?? 0) > 0 ? 'starts_again' : pauseCode(error)
  }
  const tryOnce = async () => {
    beganBefore = began
    // An upload in parts knows by itself whether it arrived.
    const isUnknown = job.mayHaveArrived && job.resumeAt === null
    const found = isUnknown ? await connection.findFile(job, signal) : null
    const { onProgress } = meter
    return found ?? (await sendOnce(job, connection, { onStart, onProgress, onAddress, signal }))
  }
  return retryTransient(tryOnce, {
    retryPause,
    isTransient,
    signal,
    // A line that breaks every minute still carries the file.
    hasAdvanced: () => began > beganBefore,
    async onPause(error, tries) {
      // Browsers report a file that changed during the upload as a broken connection.
      if (!(await canRead(job.file))) throw new FileChangedError()
      if (tries >= triesPerTurn && shouldYield()) throw new RequeuedError()
      if (rows.get(id)?.isAborting) onUnsure(id)
      else rows.change(id, { ...stillOf(job), state: 'waiting', note: noteOf(error) })
    },
  })
}

/** What came of an upload in parts is there. */
function stillOf({ resumeAt }: UploadJob): Partial<Upload> {
  return resumeAt === null ? still : { bytesPerSecond: null, secondsLeft: null }
}

/** `offset`: bytes that were there before. */
type Meter = Required<Pick<SendFile, 'onProgress'>> & { onStart(offset?: number): void }

async function sendOnce(
  job: UploadJob,
  connection: UploadConnection,
  { onAddress, ...options }: Meter & { onAddress(): void; signal: AbortSignal },
): Promise<ArrivedFile> {
  const { file, folder, name, idempotencyKey } = job
  const send = { file, folder, name, idempotencyKey, ...options }
  const isInParts = file.size > resumableFrom && (await connection.offersResumable())
  const result = isInParts
    ? await connection.sendResumable({
        ...{ ...send, at: job.resumeAt },
        onAddress(at) {
          if (job.resumeAt === at) return
          job.resumeAt = at
          onAddress()
        },
      })
    : await connection.sendFile({ ...send, onStart: () => options.onStart() })
  if (result.outcome === 'sent') return result.reply
  if (result.outcome === 'refused') {
    job.mayHaveArrived ||= result.mayHaveArrived
    throw result.error
  }
  job.mayHaveArrived ||= result.outcome === 'unclear'
  throw new ConnectionError('The connection was lost.')
}

function meterProgress(id: string, { rows, clock }: SendUploadOptions): Meter {
  let samples: ProgressSample[] = []
  return {
    onStart(offset) {
      const sentBytes = offset ?? 0
      samples = [{ at: clock.now(), bytes: sentBytes }]
      const isInParts = offset !== undefined
      rows.change(id, { ...still, sentBytes, isInParts, state: 'running', note: null })
    },
    onProgress({ sentBytes, totalBytes }) {
      const now = clock.now()
      samples = addSample(samples, { at: now, bytes: sentBytes })
      const speed = bytesPerSecond(samples, now)
      const secondsLeft = secondsForBytes(totalBytes - sentBytes, speed)
      rows.change(id, { sentBytes, bytesPerSecond: speed, secondsLeft })
    },
  }
}

export async function canReadFile(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}

/** How many bytes had been sent `at` a time in ms. */
export type ProgressSample = { at: number; bytes: number }

/** Long enough to smooth out Wi-Fi hiccups, short enough to follow a changing line. */
const speedWindowMs = 8_000
const shortestSpanMs = 400

/** Adds a sample and drops old ones. Fewer bytes than before mean a new try. */
export function addSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
): ProgressSample[] {
  const last = samples.at(-1)
  if (last && sample.bytes < last.bytes) return [sample]
  const kept = samples.filter(({ at }) => sample.at - at <= speedWindowMs)
  return [...kept, sample]
}

/** Average up to `now`, so that the speed falls while nothing moves; null until it can be told. */
export function bytesPerSecond(samples: readonly ProgressSample[], now: number): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return null
  const span = now - first.at
  if (span < shortestSpanMs) return null
  return ((last.bytes - first.bytes) * 1000) / span
}

/** Whole seconds until `bytesLeft` are sent; null if `speed` is null or 0. */
export function secondsForBytes(bytesLeft: number, speed: number | null): number | null {
  if (bytesLeft <= 0) return 0
  if (speed === null || speed <= 0) return null
  return Math.ceil(bytesLeft / speed)
}
