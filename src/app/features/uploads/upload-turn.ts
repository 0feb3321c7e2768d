import { isAbort, isKeyRefusal } from '#app/api/api-error.ts'
import type { Clock } from '#app/lib/clock.ts'
import type { RetryPause } from '#app/lib/retry-pause.ts'
import { arrivedFirst } from './look-after-cancel.ts'
import {
  addSample,
  bytesPerSecond,
  type ProgressSample,
  secondsForBytes,
} from './progress-estimate.ts'
import { canReadFile, sendUpload, type UploadJob, YieldedError } from './send-upload.ts'
import type { Upload } from './upload.ts'
import type { UploadConnection } from './upload-connection.ts'
import { failureFrom, pauseNote, tooLarge } from './upload-failure.ts'
import type { TurnEnd } from './upload-line.ts'
import type { UploadRows } from './upload-rows.ts'

export type UploadTurnParts = {
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
export async function takeTurn(
  { id, job, signal }: { id: string; job: UploadJob; signal: AbortSignal },
  connection: UploadConnection,
  parts: UploadTurnParts,
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
    if (error instanceof YieldedError) {
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

function meterProgress(id: string, job: UploadJob, { rows, clock, onUnsure }: UploadTurnParts) {
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
    onPause(error: Error) {
      if (rows.get(id)?.isCancelling) onUnsure(id)
      else rows.change(id, { ...still, state: 'waiting', note: pauseNote(error) })
    },
  }
}
