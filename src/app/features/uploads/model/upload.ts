import type { UploadReply } from '#contract/uploads.ts'
import type { TransferEstimate } from './estimate-transfers.ts'

/** `interrupted`: a reload took the file away; only its name, size and folder are still known. */
export type UploadState = 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** Where a file lies now: what the server answered, or what its folder lists. */
export type ArrivedFile = Pick<UploadReply, 'file_name' | 'size' | 'link' | 'folder'>

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
  /** Why it waits longer than for its turn, or what came of cancelling it; null mostly. */
  readonly note: string | null
  /** Cancelled after its last byte: whether it arrived is being found out. */
  readonly isCancelling: boolean
  readonly failure: UploadFailure | null
  /** `done` has it always. */
  readonly arrived: ArrivedFile | null
}

/** Keeps its identity while no number in it changes. */
export type UploadTotals = {
  readonly waiting: number
  readonly sending: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
  readonly interrupted: number
  /** Waiting or sending: what the header counts. */
  readonly unfinished: number
}

/** What is still to come, all uploads together: the greater of the bytes' and the requests' time. */
export type UploadForecast = TransferEstimate & { readonly requestsPerMinute: number }

export type UploadsSnapshot = {
  /** In the order they were added. */
  readonly uploads: readonly Upload[]
  readonly totals: UploadTotals
  /** Null while nothing is to be sent, or nobody is connected. */
  readonly forecast: UploadForecast | null
  /** The key was refused: the queue is kept until somebody of the same account connects. */
  readonly isPaused: boolean
  /** False: the browser keeps no storage for this page, and a reload would forget what is unfinished. */
  readonly isKept: boolean
}

/**
 * A file with the place it shall have; `folder` and `name` are text nobody checked yet. `refusal`: why it
 * cannot be sent at all. It gets its row all the same, which says so.
 */
export type UploadRequest = { file: File; folder: string; name: string; refusal?: UploadFailure }

export function isUnfinished({ state }: Pick<Upload, 'state'>): boolean {
  return state === 'waiting' || state === 'sending'
}
