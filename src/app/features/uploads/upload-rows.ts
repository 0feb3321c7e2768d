import type { Amount, TransferState } from '#app/lib/transfers/transfer-sums.ts'
import { findGroup } from './find-group.ts'
import {
  type KeptUpload,
  newUpload,
  packLimits,
  type Upload,
  type UploadFailure,
  type UploadJob,
} from './upload.ts'

/** What runs and what failed stays in sight above thousands that wait. */
export const uploadSections: readonly (readonly TransferState[])[] = [
  ...(['running', 'failed', 'waiting', 'interrupted', 'done', 'cancelled'] as const),
].map((state) => [state])

/** In bytes. */
export function measureUpload({ state, size, sentBytes }: Upload): Amount {
  return { whole: size, moved: state === 'done' ? (size ?? 0) : sentBytes }
}

/** The row of an upload that a reload interrupted. */
export function interruptedRow(kept: KeptUpload): Upload {
  const failure = whyInterrupted(kept)
  return newUpload({ ...kept, group: findGroup(kept) }, { state: 'interrupted', failure })
}

function whyInterrupted({ handleId, resumeAt, mayHaveArrived }: KeptUpload): UploadFailure {
  const reopens = handleId != null
  if (resumeAt != null) return { code: 'interrupted', reopens, from: 'break' }
  return { code: 'interrupted', reopens, ...(mayHaveArrived && { from: 'start' }) }
}

/** Whether it loses nothing by a pause: it has not begun, or goes on where it stopped. */
export function canPause(row: Upload | undefined, job: UploadJob | undefined): boolean {
  return !row?.isAborting && (row?.state === 'waiting' || job?.resumeAt != null)
}

/** What the queue's pause took back waits for its turn again. */
export function pausedRow(row: Upload): Upload {
  return { ...row, state: 'waiting', note: null, bytesPerSecond: null, secondsLeft: null }
}

/** How many requests uploads that wait will take where many go in one, `bytes` in all. */
export function requestsInPacks(files: number, bytes: number): number {
  if (files < packLimits.leastFiles) return files
  const byFiles = Math.ceil(files / packLimits.files)
  return Math.min(files, Math.max(byFiles, Math.ceil(bytes / packLimits.bytes)))
}
