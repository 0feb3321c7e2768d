import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { ErrorValues, PauseCode } from '#app/api/http/api-error.ts'
import type { SendBatch } from '#app/api/http/send-batch.ts'
import type { SendFile, SendOutcome } from '#app/api/http/send-file.ts'
import type { SendResumable } from '#app/api/http/send-resumable.ts'
import { randomId } from '#app/lib/random-id.ts'
import type { TransferConnection } from '#app/lib/transfers/transfer-queue.ts'
import type { Transfer } from '#app/lib/transfers/transfer-rows.ts'
import { type FileName, parseFileName } from '#contract/file-name.ts'
import { type FolderPath, parseNewFolderPath } from '#contract/folder-path.ts'
import type { UploadBatchReply, UploadReply } from '#contract/uploads.ts'
import { findGroup } from './find-group.ts'

/**
 * A file and where it should go; `folder` and `name` are not validated yet. With a `refusal` it cannot be
 * sent, but still gets a row that says why.
 */
export type UploadRequest = {
  file: File
  folder: string
  name: string
  /** Where it lies on this computer, as far as the browser tells: `a.txt` or `Trip/a.txt`. */
  path?: string
  source?: FileSource
  refusal?: UploadFailure
}

/** What was dropped: a file, or a folder with many. The browser can find it again after a reload. */
export type FileSource = { id: string; handle: FileSystemHandle }

/** What is needed to send a file. The same object in every try. */
export type UploadJob = {
  file: File
  folder: FolderPath
  name: FileName
  /** See `UploadRequest`; null if it was not told. */
  path: string | null
  /** Of the `FileSource` it came with; null for none. */
  handleId: string | null
  /** The same in every try, so that the server keeps only one file. */
  idempotencyKey: string
  /** Server time in epoch ms when it was added: a file that is older is another file. */
  notBefore: number
  /** Bytes, and epoch ms; null until they were read: see `Upload.size`. */
  size: number | null
  lastModified: number | null
  /** A try ended after the last byte without an answer, so the file may be on the server. */
  mayHaveArrived: boolean
  /** The path of its upload in parts, which knows how far it is; null for none. */
  resumeAt: string | null
  /** What has its name now goes to the trash once this is there. */
  replaces: boolean
}

/** What survives a reload: everything but the bytes. */
export type KeptUpload = {
  id: string
  name: string
  folder: string
  /** See `UploadRequest`. Older versions did not keep it. */
  path?: string | null | undefined
  /** Of the `FileSource` it came with. */
  handleId?: string | null | undefined
  size: number
  lastModified: number
  idempotencyKey: string
  notBefore: number
  /** Look into the folder before sending it again. */
  mayHaveArrived: boolean
  /** See `UploadJob`. */
  resumeAt?: string | null | undefined
  replaces?: boolean | undefined
}

/** A file that may be on the server already; its size is null while nobody asked for it. */
export type SoughtUpload = Pick<
  KeptUpload,
  'id' | 'name' | 'folder' | 'lastModified' | 'notBefore'
> & {
  size: number | null
}

/** By the ids of uploads: what is there, and what certainly is not. Of others nothing is known. */
export type Looked = { there: ReadonlyMap<string, ArrivedFile>; missing: ReadonlySet<string> }

export const nothingKnown: Looked = { there: new Map(), missing: new Set() }

/** A file on the server, from the answer to its upload or from the listing of its folder. */
export type ArrivedFile = Pick<UploadReply, 'file_name' | 'size' | 'link' | 'folder'>

/** What the upload queue needs of a connected key. */
export type UploadConnection = TransferConnection & {
  gate: RateLimitGate
  /** False if the key may not list folders: then nobody can see what arrived. */
  canLook: boolean
  maxBytes: number
  sendFile(send: SendFile): Promise<SendOutcome>
  /** Whether a file may come in parts, and go on after a break where it stopped. */
  offersResumable(): Promise<boolean>
  sendResumable(send: SendResumable): Promise<SendOutcome<ArrivedFile>>
  /** Deletes what came of an upload in parts. Never throws. */
  endResumable(at: string): Promise<void>
  /** Whether many files may go in one request. */
  offersBatch(): Promise<boolean>
  sendBatch(send: SendBatch): Promise<SendOutcome<UploadBatchReply>>
  /**
   * The job's file on the server; null if it is not there, and if the key may not look: sending it again
   * with the same idempotency key is safe.
   */
  findFile(job: UploadJob, signal?: AbortSignal): Promise<ArrivedFile | null>
  /**
   * Which of these are on the server already: each folder is listed once, as far as that is cheap. Knows
   * nothing where the key may not look. Throws as a call does.
   */
  lookFor(sought: readonly SoughtUpload[]): Promise<Looked>
  /**
   * Puts a file that arrived under another name into the place of the one that has `name`, which goes to
   * the trash. Throws as a call does.
   */
  replaceBy(arrived: ArrivedFile, name: string): Promise<void>
  /** The earliest the server's clock can show now, in epoch ms. This machine's may be hours off. */
  serverTime(): number
}

/** Why an upload failed; `view/upload-text.ts` makes the sentence. */
export type UploadFailure =
  /** `rule` is the contract's sentence. */
  | { code: 'against_rule'; rule: string }
  /** In bytes. */
  | { code: 'too_large'; size: number; maxBytes: number }
  | { code: 'unreadable' }
  /** `named` has the paths of the first few, for people; `paths` where all of them would be. */
  | { code: 'empty_folders'; count: number; named: string[]; paths: string[] }
  | { code: 'file_changed' }
  | { code: 'not_loaded' }
  /** `reopens`: the browser may find the file by itself; `from`: where one goes on that was under way. */
  | { code: 'interrupted'; reopens: boolean; from?: 'start' | 'break' }
  /** The browser may not read it again, or it is not where it was. */
  | { code: 'not_allowed' }
  | { code: 'not_found_again' }
  | { code: 'other_file'; chosen: string }
  | { code: 'refused'; error: ErrorValues }

/** Why an upload does not move, or what came of aborting it after its last byte. */
export type UploadNote =
  | PauseCode
  | 'paused'
  | 'aborting'
  | 'arrived_first'
  | 'not_there'
  | 'not_seen'
  | 'already_there'
  /** The connection was lost, and nothing of what was sent is kept. */
  | 'starts_again'
  | 'replaced'
  | 'not_replaced'

export type Upload = Transfer & {
  /** As dropped, even if the rules refuse it; '' if it is not text. */
  readonly name: string
  readonly folder: string
  /** Bytes; null until a File of a crowd was asked for it, which takes another process each time. */
  readonly size: number | null
  readonly sentBytes: number
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
  /** Null mostly. */
  readonly note: UploadNote | null
  /** It goes on where it stopped, so a pause loses nothing of it. */
  readonly isInParts: boolean
  /** Aborted after its last byte, and not yet known whether it arrived. */
  readonly isAborting: boolean
  readonly failure: UploadFailure | null
  /** Set when `done`. */
  readonly arrived: ArrivedFile | null
}

/** Many files in one request. */
export type Pack = {
  /** The server may have them, and only its answer tells. */
  readonly isAllSent: boolean
  /** Breaks the request off, so that none of its files is kept, and sends the others again. */
  leave(ids: Iterable<string>): void
}

/**
 * Sizes in bytes. A pack that breaks off is sent again whole: on a slow line, that should not be minutes.
 * A handful of files go three at a time, each with a request of its own.
 */
export const packLimits = {
  ...{ leastFiles: 10, files: 250, bytes: 32 * 1024 * 1024, fileBytes: 8 * 1024 * 1024 },
}

const finalFailures = new Set<UploadFailure['code']>([
  'against_rule',
  'too_large',
  'unreadable',
  'empty_folders',
  'file_changed',
])

/** Whether sending the same file again may succeed. */
export function canRetry({ failure }: Pick<Upload, 'failure'>): boolean {
  return failure === null || !finalFailures.has(failure.code)
}

/** Bytes. Asked of the File once: it may have changed since, so the body that is sent tells its own. */
export function sizeOf(job: UploadJob): number {
  job.size ??= job.file.size
  return job.size
}

/** Looked at here because a server that refuses early looks like a broken connection. */
export function whyTooLarge(size: number, maxBytes: number): UploadFailure | null {
  return size > maxBytes ? { code: 'too_large', size, maxBytes } : null
}

/** The row of a file that is added, and its job if it can be sent; of a crowd without its size. */
export function admitUpload(
  request: UploadRequest,
  { serverTime, maxBytes, isCrowd }: { serverTime: number; maxBytes: number; isCrowd: boolean },
): { row: Upload; job: UploadJob | null } {
  const job = request.refusal ?? validateUpload(request, serverTime)
  if ('code' in job) {
    const { name, folder } = request
    const row = { name, folder, id: randomId(), size: request.file.size, group: findGroup(request) }
    return { row: newUpload(row, { state: 'failed', failure: job }), job: null }
  }
  const size = isCrowd ? null : sizeOf(job)
  const failure = size === null ? null : whyTooLarge(size, maxBytes)
  const row = newUpload({ ...job, id: job.idempotencyKey, size, group: findGroup(job) })
  return failure ? { row: { ...row, state: 'failed', failure }, job: null } : { row, job }
}

/** A waiting row, with `change` in it. */
export function newUpload(
  {
    id,
    name,
    folder,
    size,
    group = null,
  }: Pick<Upload, 'id' | 'name' | 'folder' | 'size' | 'group'>,
  change: Partial<Upload> = {},
): Upload {
  return {
    id,
    name,
    folder,
    size,
    group,
    state: 'waiting',
    sentBytes: 0,
    bytesPerSecond: null,
    secondsLeft: null,
    note: null,
    isInParts: false,
    isAborting: false,
    failure: null,
    arrived: null,
    ...change,
  }
}

/** The job for a file, or the rule that its folder or name breaks. `serverTime` in epoch ms. */
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
    path: text.path ?? null,
    handleId: text.source?.id ?? null,
    idempotencyKey: randomId(),
    notBefore: serverTime,
    size: null,
    lastModified: null,
    ...{ mayHaveArrived: false, resumeAt: null, replaces: false },
  }
}
