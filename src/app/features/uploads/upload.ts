import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { ErrorValues, PauseCode } from '#app/api/http/api-error.ts'
import type { SendFile, SendOutcome } from '#app/api/http/send-file.ts'
import { randomId } from '#app/lib/random-id.ts'
import type { TransferConnection } from '#app/lib/transfers/transfer-queue.ts'
import type { Transfer, TransfersSnapshot } from '#app/lib/transfers/transfer-rows.ts'
import { type FileName, parseFileName } from '#contract/file-name.ts'
import { type FolderPath, parseNewFolderPath } from '#contract/folder-path.ts'
import type { UploadReply } from '#contract/uploads.ts'

/**
 * A file with the place it shall have; `folder` and `name` are text nobody checked yet. `refusal`: why it
 * cannot be sent at all. It gets its row all the same, which says so.
 */
export type UploadRequest = { file: File; folder: string; name: string; refusal?: UploadFailure }

/** What is needed to send a file, over all its tries. */
export type UploadJob = {
  file: File
  folder: FolderPath
  name: FileName
  /** The same in every try, so that the server keeps one file. */
  idempotencyKey: string
  /** Server time (epoch ms) when it was added: what lies in the folder from before is another file. */
  notBefore: number
  /** A try ended after its last byte and without an answer: the file may be there. */
  mayHaveArrived: boolean
}

/** What a reload leaves of an upload: everything but its bytes. */
export type KeptUpload = {
  id: string
  name: string
  folder: string
  size: number
  lastModified: number
  idempotencyKey: string
  notBefore: number
  /** It was on its way: the folder is looked at before it is sent again. */
  mayHaveArrived: boolean
}

/** Where a file lies now: what the server answered, or what its folder lists. */
export type ArrivedFile = Pick<UploadReply, 'file_name' | 'size' | 'link' | 'folder'>

/** What one connected key can do for the upload queue. */
export type UploadConnection = TransferConnection & {
  gate: RateLimitGate
  /** False: the key may not list folders, so nobody can see what arrived. */
  canLook: boolean
  maxBytes: number
  sendFile(send: SendFile): Promise<SendOutcome>
  /**
   * The job's file if it came to its folder since `notBefore`; null also where the key may not look:
   * sending again under the same idempotency key is safe.
   */
  findFile(job: UploadJob, signal?: AbortSignal): Promise<ArrivedFile | null>
  /** The earliest that the server's clock can show now, in epoch ms: this machine's may be wrong by hours. */
  serverTime(): number
}

/** Why an upload failed; `view/upload-text.ts` has the words. */
export type UploadFailure =
  /** A rule for names or folders, as the contract words it. */
  | { code: 'against_rule'; rule: string }
  /** Both in bytes. */
  | { code: 'too_large'; size: number; maxBytes: number }
  | { code: 'unreadable' }
  /** `named` has the first of them, with the folders they lie in. */
  | { code: 'empty_folders'; count: number; named: string[] }
  | { code: 'file_changed' }
  | { code: 'not_loaded' }
  | { code: 'interrupted' }
  | { code: 'other_file'; chosen: string }
  | { code: 'refused'; error: ErrorValues }

/** Why an upload waits longer than for its turn, or what came of aborting it after its last byte. */
export type UploadNote = PauseCode | 'aborting' | 'arrived_first' | 'not_there' | 'not_seen'

export type Upload = Transfer & {
  /** As it was dropped: where the rules refuse it, the row says so. '' where it is no text. */
  readonly name: string
  readonly folder: string
  /** Bytes. */
  readonly size: number
  readonly sentBytes: number
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
  /** Null mostly. */
  readonly note: UploadNote | null
  /** Aborted after its last byte: whether it arrived is being found out. */
  readonly isAborting: boolean
  readonly failure: UploadFailure | null
  /** `done` has it always. */
  readonly arrived: ArrivedFile | null
}

export type UploadsSnapshot = TransfersSnapshot<Upload>

const finalFailures = new Set<UploadFailure['code']>([
  'against_rule',
  'too_large',
  'unreadable',
  'empty_folders',
  'file_changed',
])

/** Whether the same file may be sent once more. */
export function canRetry({ failure }: Pick<Upload, 'failure'>): boolean {
  return failure === null || !finalFailures.has(failure.code)
}

/** A row before its first byte. */
export function newUpload(
  { id, name, folder, size }: Pick<Upload, 'id' | 'name' | 'folder' | 'size'>,
  change: Partial<Upload> = {},
): Upload {
  return {
    id,
    name,
    folder,
    size,
    state: 'waiting',
    sentBytes: 0,
    bytesPerSecond: null,
    secondsLeft: null,
    note: null,
    isAborting: false,
    failure: null,
    arrived: null,
    ...change,
  }
}

/** The job of a file whose folder and name the rules allow, or the rule that refuses it. */
export function validateUpload(
  { file, ...text }: UploadRequest,
  serverTime: number,
): UploadJob | UploadFailure {
  const folder = parseNewFolderPath(text.folder)
  if (!folder.ok) return { code: 'against_rule', rule: folder.rule }
  const name = parseFileName(text.name)
  if (!name.ok) return { code: 'against_rule', rule: name.rule }
  return {
    file,
    folder: folder.value,
    name: name.value,
    idempotencyKey: randomId(),
    notBefore: serverTime,
    mayHaveArrived: false,
  }
}

/**
 * The job of a file that was chosen again after a reload. Its last try may have arrived, so the same
 * bytes keep their idempotency key; a file that was changed since is a new upload.
 */
export function resumeUpload(
  kept: KeptUpload,
  file: File,
  serverTime: number,
): UploadJob | UploadFailure {
  const job = validateUpload({ file, folder: kept.folder, name: kept.name }, serverTime)
  const isSame = file.size === kept.size && file.lastModified === kept.lastModified
  if ('code' in job || !isSame) return job
  const { idempotencyKey, notBefore, mayHaveArrived } = kept
  return { ...job, idempotencyKey, notBefore, mayHaveArrived }
}

/** What is kept of an upload over a reload. */
export function keepUpload({ id, state }: Upload, job: UploadJob): KeptUpload {
  const { file, name, folder, idempotencyKey, notBefore } = job
  const mayHaveArrived = job.mayHaveArrived || state === 'running'
  const { size, lastModified } = file
  return { id, name, folder, size, lastModified, idempotencyKey, notBefore, mayHaveArrived }
}
