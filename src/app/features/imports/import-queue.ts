import type { ApiClient } from '#app/api/client.ts'
import type { ImportJob, ImportOptions, ImportsSnapshot } from './import-job.ts'

/** What the queue needs of one connected key. */
export type ImportConnection = { account: string; keyId: string; client: ApiClient }

export type ImportQueue = {
  /** One task for each link. */
  start(links: readonly string[], options: ImportOptions): void
  cancel(id: string): void
  /** A new task with the same link and options. */
  retry(id: string): void
  clearFinished(): void
  /** Takes up the tasks that are stored for the key; null keeps them and asks nothing more. */
  connect(connection: ImportConnection | null): void
  /** Signing out on purpose: the screen forgets the tasks; the server goes on with them. */
  reset(): void
  subscribe(listener: () => void): () => void
  getSnapshot(): ImportsSnapshot
}

export type ImportQueueParts = {
  onImported?(job: ImportJob): void
}

const empty: ImportsSnapshot = { jobs: [], totals: { unfinished: 0, done: 0, failed: 0 } }

export function createImportQueue(_parts: ImportQueueParts = {}): ImportQueue {
  return {
    start() {},
    cancel() {},
    retry() {},
    clearFinished() {},
    connect() {},
    reset() {},
    subscribe: () => () => {},
    getSnapshot: () => empty,
  }
}
