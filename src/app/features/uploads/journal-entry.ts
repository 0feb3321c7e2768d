import type { UploadJob } from './send-upload.ts'
import type { Upload } from './upload.ts'

/** What a reload leaves of an upload: everything but its bytes. */
export type JournalEntry = {
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

/** What is written down of an upload that is under way. */
export function entryFor({ id, state }: Upload, job: UploadJob): JournalEntry {
  const { file, name, folder, idempotencyKey, notBefore } = job
  const mayHaveArrived = job.mayHaveArrived || state === 'sending'
  const { size, lastModified } = file
  return { id, name, folder, size, lastModified, idempotencyKey, notBefore, mayHaveArrived }
}
