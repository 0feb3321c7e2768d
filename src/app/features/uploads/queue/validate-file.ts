import type { Upload, UploadFailure, UploadRequest } from '#app/features/uploads/model/upload.ts'
import { refusedByRule } from '#app/features/uploads/model/upload-failure.ts'
import type { UploadJob } from '#app/features/uploads/send/send-upload.ts'
import { randomId } from '#app/lib/random-id.ts'
import { parseFileName } from '#contract/file-name.ts'
import { parseNewFolderPath } from '#contract/folder-path.ts'
import type { JournalEntry } from './upload-keeper.ts'

/** The job of a file whose place and name the rules allow, or the rule that refuses it. */
export function validateFile(
  request: UploadRequest,
  serverTime: number,
): UploadJob | UploadFailure {
  const folder = parseNewFolderPath(request.folder)
  if (!folder.ok) return refusedByRule(folder.rule)
  const name = parseFileName(request.name)
  if (!name.ok) return refusedByRule(name.rule)
  return {
    file: request.file,
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
export function resumeFile(
  file: File,
  entry: JournalEntry,
  serverTime: number,
): UploadJob | UploadFailure {
  const job = validateFile({ file, folder: entry.folder, name: entry.name }, serverTime)
  const isSame = file.size === entry.size && file.lastModified === entry.lastModified
  if ('reason' in job || !isSame) return job
  const { idempotencyKey, notBefore, mayHaveArrived } = entry
  return { ...job, idempotencyKey, notBefore, mayHaveArrived }
}

/** A row before its first byte. */
export function newRow(
  { id, name, folder, size }: Pick<Upload, 'id' | 'name' | 'folder' | 'size'>,
  state: Partial<Upload> = {},
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
    isCancelling: false,
    failure: null,
    arrived: null,
    ...state,
  }
}
