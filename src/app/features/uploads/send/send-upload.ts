import { ConnectionError, isTransient } from '#app/api/http/api-error.ts'
import type { SendFile, SendOutcome } from '#app/api/http/send-file.ts'
import type { ArrivedFile } from '#app/features/uploads/model/upload.ts'
import { FileChangedError } from '#app/features/uploads/model/upload-failure.ts'
import { type RetryPause, retryTransient } from '#app/lib/retry.ts'
import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** One file on its way, over all its tries. */
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

export type FileSought = {
  folder: FolderPath
  name: FileName
  size: number
  notBefore: number
  signal: AbortSignal
}

export type SendUploadOptions = {
  sendFile(send: SendFile): Promise<SendOutcome>
  /** The file if it came to its folder since `notBefore`, else null. */
  findFile(sought: FileSought): Promise<ArrivedFile | null>
  retryPause: RetryPause
  canRead(file: File): Promise<boolean>
  /** After some failures in a row: whether others should have this one's turn. */
  shouldYield(): boolean
  onStart(): void
  onProgress(sentBytes: number): void
  /** It will be tried again; `error` says what came between. */
  onPause(error: unknown): void
  signal: AbortSignal
}

/** Others have their turn first; the upload goes to the end of the line. */
export class RequeuedError extends Error {
  override readonly name = 'RequeuedError'
}

const triesPerRun = 5

/**
 * Sends one file until it is there or refused. What passes (no network, 502, 503, 504) is tried again.
 * Throws ApiError, FileChangedError, RequeuedError, or AbortError.
 */
export async function sendUpload(job: UploadJob, parts: SendUploadOptions): Promise<ArrivedFile> {
  const { retryPause, signal, findFile } = parts
  const tryOnce = async () => {
    const found = job.mayHaveArrived ? await findFile(soughtFor(job, parts)) : null
    return found ?? (await sendOnce(job, parts))
  }
  return retryTransient(tryOnce, {
    retryPause,
    isTransient,
    signal,
    async onPause(error, tries) {
      // The browser reports a file that changed while it was read as a broken connection.
      if (!(await parts.canRead(job.file))) throw new FileChangedError('The file cannot be read.')
      if (tries >= triesPerRun && parts.shouldYield()) throw new RequeuedError('Others go first.')
      parts.onPause(error)
    },
  })
}

async function sendOnce(job: UploadJob, parts: SendUploadOptions): Promise<ArrivedFile> {
  const { file, folder, name, idempotencyKey } = job
  const result = await parts.sendFile({
    file,
    folder,
    name,
    idempotencyKey,
    signal: parts.signal,
    onStart: parts.onStart,
    onProgress: ({ sentBytes }) => parts.onProgress(sentBytes),
  })
  if (result.outcome === 'sent') return result.reply
  if (result.outcome === 'refused') {
    job.mayHaveArrived ||= result.mayHaveArrived
    throw result.error
  }
  job.mayHaveArrived ||= result.outcome === 'unclear'
  throw new ConnectionError('The connection was lost.')
}

function soughtFor(job: UploadJob, { signal }: SendUploadOptions): FileSought {
  const { folder, name, file, notBefore } = job
  return { folder, name, size: file.size, notBefore, signal }
}

export async function canReadFile(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}
