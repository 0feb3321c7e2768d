import type { FileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type {
  ImportBody,
  ImportNote,
  ImportStage,
  TaskState,
  VideoOptions,
} from '#contract/imports.ts'
import type { UnitOfWork, WriteAlongside } from '#server/core/unit-of-work.ts'

export type ImportType = 'file' | 'video'

/** All that an import needs to be started again by another process. */
export type NewImportTask = {
  id: string
  userId: string
  keyId: string
  requestedType: ImportBody['type']
  /** What it turned out to be; null while that is not known. */
  type: ImportType | null
  url: string
  folder: FolderPath
  /** What the file is to be called; null where its source names it. */
  fileName: FileName | null
  video: VideoOptions
}

/** `code` is one of the contract's `importErrorCodes`; null where an older version noted none. */
export type StoredImportError = { code: string | null; message: string }

export type ImportTaskRecord = Omit<NewImportTask, 'keyId'> & {
  /** Null where an older version did not note it. */
  keyId: string | null
  state: TaskState
  /** Epoch ms. */
  createdAt: number
  /** 0 to 100. */
  progress: number
  title: string | null
  error: StoredImportError | null
  /** What was left out and why. */
  notes: ImportNote[]
  /** Of a file. */
  link: string | null
  /** Of a video. */
  resultFolder: string | null
}

/** How a task ends. A cancelled or failed one keeps how far it came. */
export type ImportEnd = {
  state: Exclude<TaskState, 'running'>
  progress?: number
  title?: string | null
  error?: StoredImportError
  notes?: ImportNote[]
  link?: string
  resultFolder?: string
}

/**
 * `percent` is 0–100, null where nobody knows the whole; then `bytes` tells that it moves. `part` is from
 * 1, of `parts`; null where there is but one.
 */
export type ProgressReading = {
  stage: Exclude<ImportStage, 'waiting'>
  percent: number | null
  bytes: number
  totalBytes: number | null
  part: { number: number; of: number } | null
  /** Over the last seconds; null until that can be said. */
  bytesPerSecond: number | null
  title: string | null
}

/** `reading` is what its worker last reported; null where nobody works on it. */
export type FoundImportTask = { task: ImportTaskRecord; reading: ProgressReading | null }

/** Work on a task, until it is released. */
export type ImportClaim = {
  task: ImportTaskRecord
  /** Aborts when the task is cancelled: its worker ends the work and releases it. */
  cancelled: AbortSignal
}

/** The tasks of imports, and who works on which. A task runs from `add` until `finish` or `cancel`. */
export type ImportTasks = {
  /** With what `alongside` writes, or neither. */
  add(task: NewImportTask, alongside?: WriteAlongside): Promise<void>
  /** Null where no task has that id. */
  find(id: string): Promise<FoundImportTask | null>
  /** Those of a person, the newest first. */
  list(userId: string, page: { offset: number; limit: number }): Promise<FoundImportTask[]>
  /** Those of a person that have these ids, the newest first. */
  findAll(userId: string, ids: readonly string[]): Promise<FoundImportTask[]>
  /** What still has to be done, in the order in which it came. */
  unfinished(): Promise<Pick<ImportTaskRecord, 'id' | 'userId' | 'keyId'>[]>
  /** Takes a task for one worker; null where it has ended or somebody works on it already. */
  claim(id: string): Promise<ImportClaim | null>
  /** Keeps a claim; false where it is lost: what was fetched must not be listed then. */
  heartbeat(id: string): Promise<boolean>
  /** Reports how far a claimed task is; where it is claimed no more, nothing happens. */
  progress(id: string, reading: ProgressReading): Promise<void>
  /** What a source turned out to be. */
  setType(id: string, type: ImportType): Promise<void>
  /**
   * Ends a task for its person, where it is; one that has ended stays as it is. Resolves once its
   * worker has released it.
   */
  cancel(id: string): Promise<void>
  /** Ends a task once, in `unit` where one is given: one that has ended stays as it is. */
  finish(id: string, end: ImportEnd, unit?: UnitOfWork): Promise<void>
  /** Whether a task of which this was thrown is not failed: it is only released, and tried again in a while. */
  triesAgain(id: string, error: unknown): boolean
  /** Gives a claim up. A task that has not ended can be claimed again. */
  release(id: string): Promise<void>
}
