import type { UploadReply } from '#contract/uploads.ts'

/** `interrupted`: a reload took the file away; only its name, size and folder are still known. */
export type UploadState = 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** Why an upload failed, in words, and the one thing to do about it. */
export type UploadFailure = { reason: string; nextStep: string; canRetry: boolean }

/** One row. A new object whenever anything in it changes, so that rows can be compared by identity. */
export type Upload = {
  readonly id: string
  /** As it was dropped: where the rules refuse it, the row says so. */
  readonly name: string
  readonly folder: string
  /** Bytes. */
  readonly size: number
  readonly state: UploadState
  readonly sentBytes: number
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
  readonly failure: UploadFailure | null
  /** What the server answered; `done` has it always. */
  readonly reply: UploadReply | null
}

/** Keeps its identity while no number in it changes. */
export type UploadTotals = {
  readonly waiting: number
  readonly sending: number
  readonly done: number
  readonly failed: number
  /** Cancelled or interrupted. */
  readonly stopped: number
  /** Waiting or sending: what the header counts. */
  readonly unfinished: number
}

export type UploadsSnapshot = {
  /** In the order they were added. */
  readonly uploads: readonly Upload[]
  readonly totals: UploadTotals
  /** Of all that is unfinished: the greater of what the bytes and what the requests need. */
  readonly secondsLeft: number | null
  /** The key was refused: the queue is kept until somebody of the same account connects. */
  readonly isPaused: boolean
}

/** A file with the place it shall have; `folder` and `name` are text nobody checked yet. */
export type UploadRequest = { file: File; folder: string; name: string }

export function isUnfinished(upload: Upload): boolean {
  return upload.state === 'waiting' || upload.state === 'sending'
}
