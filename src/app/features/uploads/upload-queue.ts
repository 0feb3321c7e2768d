import type { FolderPath } from '#contract/folder-path.ts'
import type { UploadReply } from '#contract/uploads.ts'
import type { Upload, UploadRequest, UploadsSnapshot } from './upload.ts'

/** What one connected key can do for the queue. `connect-uploads.ts` makes it from client and gate. */
export type UploadConnection = {
  /** Whose files these are: another account gets an empty queue. */
  account: string
  /** Names the journal of what a reload interrupts. */
  keyId: string
  maxBytes: number
  send(part: {
    file: File
    folder: FolderPath
    name: string
    idempotencyKey: string
    signal: AbortSignal
    onProgress(sentBytes: number): void
  }): Promise<UploadReply>
  /** The file's link if `folder` has one of that name and size; null if not. */
  lookForFile(part: {
    folder: FolderPath
    name: string
    size: number
    signal: AbortSignal
  }): Promise<UploadReply | null>
  /** Milliseconds that so many transfers need under the rate limit. */
  estimateMs(requests: number): number
}

export type UploadQueue = {
  add(requests: readonly UploadRequest[]): void
  cancel(id: string): void
  /** `file` is needed again for an interrupted upload, whose bytes a reload took away. */
  retry(id: string, file?: File): void
  /** Removes what is done, failed, cancelled or interrupted from the list. */
  clearFinished(): void
  /** A connection lets it run; null keeps everything and sends nothing more. */
  connect(connection: UploadConnection | null): void
  /** Signing out on purpose: cancels and forgets everything. */
  reset(): void
  subscribe(listener: () => void): () => void
  getSnapshot(): UploadsSnapshot
}

export type UploadQueueParts = {
  onUploaded?(upload: Upload, reply: UploadReply): void
}

const empty: UploadsSnapshot = {
  uploads: [],
  totals: { waiting: 0, sending: 0, done: 0, failed: 0, stopped: 0, unfinished: 0 },
  secondsLeft: null,
  isPaused: false,
}

export function createUploadQueue(_parts: UploadQueueParts = {}): UploadQueue {
  return {
    add() {},
    cancel() {},
    retry() {},
    clearFinished() {},
    connect() {},
    reset() {},
    subscribe: () => () => {},
    getSnapshot: () => empty,
  }
}
