import type { Transaction } from 'kysely'
import type { Tables } from '#server/storage/sqlite/tables.ts'
import type {
  ImportEnd,
  ImportRepository,
  ImportTaskRow,
  NewImportTask,
} from './import-repository.ts'

/** `percent` is 0–100, null where nobody knows the whole; then `bytes` tells that it moves. */
export type ProgressReading = { percent: number | null; bytes: number; title: string | null }

/** `reading` is what its worker last reported; null where nobody works on it. */
export type FoundImportTask = { row: ImportTaskRow; reading: ProgressReading | null }

/** Work on a task, until it is released. */
export type ImportClaim = {
  task: ImportTaskRow
  /** Aborts when the task is cancelled: its worker ends the work and releases it. */
  cancelled: AbortSignal
}

/** The tasks of imports, and who works on which. A task runs from `add` until `finish` or `cancel`. */
export type ImportTasks = {
  /** With what `withinTransaction` writes, or neither. */
  add(
    task: NewImportTask,
    withinTransaction: (transaction: Transaction<Tables>) => Promise<void>,
  ): Promise<void>
  /** Null where no task has that id. */
  find(id: string): Promise<FoundImportTask | null>
  /** What still has to be done, in the order in which it came. */
  unfinished(): Promise<Pick<ImportTaskRow, 'id' | 'user_id' | 'key_id'>[]>
  /** Takes a task for one worker; null where it has ended or somebody works on it already. */
  claim(id: string): Promise<ImportClaim | null>
  /** Keeps a claim; false where it is lost: what was fetched must not be listed then. */
  heartbeat(id: string): Promise<boolean>
  /** Reports how far a claimed task is; where it is claimed no more, nothing happens. */
  progress(id: string, reading: ProgressReading): Promise<void>
  /** What a source turned out to be. */
  setType(id: string, type: 'file' | 'video'): Promise<void>
  /**
   * Ends a task for its person, where it is; one that has ended stays as it is. Resolves once its
   * worker has released it.
   */
  cancel(id: string): Promise<void>
  /** Ends a task once, within `transaction` where one is given: one that has ended stays as it is. */
  finish(id: string, end: ImportEnd, transaction?: Transaction<Tables>): Promise<void>
  /** Gives a claim up. A task that has not ended can be claimed again. */
  release(id: string): Promise<void>
}

type Claim = {
  reading: ProgressReading | null
  cancel: AbortController
  released: PromiseWithResolvers<void>
}

/** Tasks in the database, and claims in this process: they end with it, and so does the work. */
export function createImportTasks(repository: ImportRepository): ImportTasks {
  const claims = new Map<string, Claim>()

  const release = (id: string) => {
    claims.get(id)?.released.resolve()
    claims.delete(id)
  }

  return {
    add: repository.add,
    unfinished: repository.unfinished,
    setType: repository.setType,
    async find(id) {
      const row = await repository.find(id)
      return row === undefined ? null : { row, reading: claims.get(id)?.reading ?? null }
    },
    async claim(id) {
      if (claims.has(id)) return null
      const cancel = new AbortController()
      // Before the row is read: a cancelling meanwhile has to reach this worker.
      claims.set(id, { reading: null, cancel, released: Promise.withResolvers() })
      try {
        const task = await repository.find(id)
        if (task?.state === 'running') return { task, cancelled: cancel.signal }
      } catch (error) {
        release(id)
        throw error
      }
      release(id)
      return null
    },
    async heartbeat(id) {
      return claims.get(id)?.cancel.signal.aborted === false
    },
    async progress(id, reading) {
      const claim = claims.get(id)
      if (claim !== undefined) claim.reading = reading
    },
    async cancel(id) {
      const claim = claims.get(id)
      const reached = reachedBy(claim?.reading)
      claim?.cancel.abort()
      await claim?.released.promise
      await repository.finish(id, { state: 'cancelled', ...reached })
    },
    async finish(id, end, transaction) {
      const reached = end.state === 'completed' ? {} : reachedBy(claims.get(id)?.reading)
      await repository.finish(id, { ...end, ...reached }, transaction)
    },
    release: async (id) => release(id),
  }
}

/** What a task keeps that ends before it is complete: how far it came, and its title where it had one. */
function reachedBy(reading: ProgressReading | null | undefined) {
  if (!reading) return {}
  return { progress: Math.floor(reading.percent ?? 0), title: reading.title }
}
