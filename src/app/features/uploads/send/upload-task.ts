import { isAbort, isKeyRefusal } from '#app/api/http/api-error.ts'
import type { TurnEnd } from '#app/features/uploads/model/task-queue.ts'
import type { Upload } from '#app/features/uploads/model/upload.ts'
import { failureFrom, pauseNote, tooLarge } from '#app/features/uploads/model/upload-failure.ts'
import type { UploadRows } from '#app/features/uploads/model/upload-rows.ts'
import type { Clock } from '#app/lib/clock.ts'
import type { RetryPause } from '#app/lib/retry.ts'
import { arrivedFirst, type UploadConnection } from './look-after-cancel.ts'
import { canReadFile, RequeuedError, sendUpload, type UploadJob } from './send-upload.ts'

export type UploadTaskOptions = {
  rows: UploadRows
  clock: Clock
  retryPause: RetryPause
  canRead: ((file: File) => Promise<boolean>) | undefined
  shouldYield(): boolean
  /** The session ended under an upload: its key was refused, or its gate was closed. */
  onSessionLost(connection: UploadConnection): void
  onUploaded(upload: Upload): void
  /** A cancelled upload got no answer that says whether it arrived. */
  onUnsure(id: string): void
}

const still = { sentBytes: 0, bytesPerSecond: null, secondsLeft: null } as const

/** One upload's turn in the line, shown in its row from `Waiting` to its end. */
export async function runUpload(
  { id, job, signal }: { id: string; job: UploadJob; signal: AbortSignal },
  connection: UploadConnection,
  parts: UploadTaskOptions,
): Promise<TurnEnd> {
  const { rows } = parts
  const isUnwanted = () => rows.get(id)?.isCancelling === true
  const end = (change: Partial<Upload>): TurnEnd => {
    // Whatever came of it, a cancelled row stays cancelled.
    if (!signal.aborted) rows.change(id, { ...still, note: null, isCancelling: false, ...change })
    return 'over'
  }
  if (job.file.size > connection.maxBytes) {
    return end({ state: 'failed', failure: tooLarge(job.file.size, connection.maxBytes) })
  }
  try {
    const arrived = await sendUpload(job, {
      ...parts,
      canRead: parts.canRead ?? canReadFile,
      ...meterProgress(id, job, parts),
      sendFile: connection.sendFile,
      findFile: connection.findFile,
      signal,
    })
    const note = isUnwanted() ? arrivedFirst : null
    end({ state: 'done', sentBytes: job.file.size, arrived, note })
    const upload = rows.get(id)
    if (upload?.state === 'done') parts.onUploaded(upload)
    return 'over'
  } catch (error) {
    return signal.aborted ? 'over' : endByError(error)
  }

  function endByError(error: unknown): TurnEnd {
    if (isUnwanted()) {
      if (!job.mayHaveArrived) return end({ state: 'cancelled' })
      parts.onUnsure(id)
      return 'over'
    }
    if (error instanceof RequeuedError) {
      rows.change(id, { ...still, state: 'waiting' })
      return 'last'
    }
    if (isAbort(error) || isKeyRefusal(error)) {
      rows.change(id, { ...still, state: 'waiting', note: null })
      parts.onSessionLost(connection)
      return 'first'
    }
    return end({ state: 'failed', failure: failureFrom(error, job.name) })
  }
}

function meterProgress(id: string, job: UploadJob, { rows, clock, onUnsure }: UploadTaskOptions) {
  let samples: ProgressSample[] = []
  return {
    onStart() {
      samples = [{ at: clock.now(), bytes: 0 }]
      rows.change(id, { ...still, state: 'sending', note: null })
    },
    onProgress(sentBytes: number) {
      const now = clock.now()
      samples = addSample(samples, { at: now, bytes: sentBytes })
      const speed = bytesPerSecond(samples, now)
      const secondsLeft = secondsForBytes(job.file.size - sentBytes, speed)
      rows.progress(id, { sentBytes, bytesPerSecond: speed, secondsLeft })
    },
    onPause(error: unknown) {
      if (rows.get(id)?.isCancelling) onUnsure(id)
      else rows.change(id, { ...still, state: 'waiting', note: pauseNote(error) })
    },
  }
}

/** So many bytes had been sent at a time, in ms. */
export type ProgressSample = { at: number; bytes: number }

/** Long enough to smooth a Wi-Fi's hiccups, short enough to follow a line that changes. */
const speedWindowMs = 8_000
const shortestSpanMs = 400

/** `samples` and one more, without those that are too old to matter. A try from 0 starts anew. */
export function addSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
): ProgressSample[] {
  const last = samples.at(-1)
  if (last && sample.bytes < last.bytes) return [sample]
  const kept = samples.filter(({ at }) => sample.at - at <= speedWindowMs)
  return [...kept, sample]
}

/** Bytes per second over the samples, up to `now`: a line that stands still slows down. */
export function bytesPerSecond(samples: readonly ProgressSample[], now: number): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return null
  const span = now - first.at
  if (span < shortestSpanMs) return null
  return ((last.bytes - first.bytes) * 1000) / span
}

/** Whole seconds until `bytesLeft` are sent; null while the speed is not known. */
export function secondsForBytes(bytesLeft: number, speed: number | null): number | null {
  if (bytesLeft <= 0) return 0
  if (speed === null || speed <= 0) return null
  return Math.ceil(bytesLeft / speed)
}
