import { createTaskQueue, type TaskEnd } from './task-queue.ts'
import {
  createTransferRows,
  isUnfinished,
  type Transfer,
  type TransferRows,
  type TransferRowsOptions,
  type TransfersSnapshot,
} from './transfer-rows.ts'

/** What a queue needs to know of the key that is connected. */
export type TransferConnection = {
  /** Whose transfers these are: another account gets an empty queue. */
  account: string
  /** The key's public id, under which unfinished transfers are kept over a reload. */
  keyId: string
  /** False: the key lacks the scope, and what waits goes on waiting for another key of the account. */
  isAllowed: boolean
}

export type TransferQueueOptions = TransferRowsOptions & {
  /** How many run at once. */
  concurrency: number
}

/**
 * What every queue of transfers does: waiting → running → done | failed | cancelled. It outlives the
 * session: without a key it pauses until somebody of the same account connects.
 */
export abstract class TransferQueue<Row extends Transfer, Connection extends TransferConnection> {
  protected readonly rows: TransferRows<Row>
  protected readonly tasks
  protected connection: Connection | null = null
  #account: string | null = null

  constructor({ concurrency, ...rows }: TransferQueueOptions) {
    this.rows = createTransferRows(rows)
    this.tasks = createTaskQueue({ concurrency, run: (id, signal) => this.run(id, signal) })
  }

  subscribe = (listener: () => void): (() => void) => this.rows.subscribe(listener)
  getSnapshot = (): TransfersSnapshot<Row> => this.rows.getSnapshot()

  /** Ends one that waits or runs; an interrupted one goes off the list. */
  abort(id: string): void {
    const row = this.rows.get(id)
    if (row?.state === 'interrupted') this.#remove([row])
    else if (row && isUnfinished(row)) this.stop([row])
  }

  /** Ends all that waits or runs. */
  abortAll(): void {
    this.stop(this.rows.all().filter(isUnfinished))
  }

  /** Once more, in the same row. */
  retry(id: string): void {
    const row = this.rows.get(id)
    if (row && !isUnfinished(row) && row.state !== 'done') this.restart([row])
  }

  /** Once more all that failed and may be tried again. */
  retryFailed(): void {
    this.restart(this.rows.all().filter((row) => row.state === 'failed' && this.canRetry(row)))
  }

  /** Takes what failed or was interrupted off the list. */
  removeFailed(): void {
    this.#remove(
      this.rows.all().filter(({ state }) => state === 'failed' || state === 'interrupted'),
    )
  }

  /** Takes what is done, failed or cancelled off the list. */
  removeFinished(): void {
    this.#remove(this.rows.all().filter((row) => !isUnfinished(row) && row.state !== 'interrupted'))
  }

  /** A connection lets the queue run; null pauses it: everything is kept, and nothing more starts. */
  connect(connection: Connection | null): void {
    this.#disconnect()
    if (connection) {
      if (this.#account !== null && this.#account !== connection.account) this.#forget(false)
      this.#account = connection.account
      this.connection = connection
      this.onConnect(connection)
    }
    const canRun = connection?.isAllowed === true
    this.rows.setPaused(!canRun)
    if (canRun) this.tasks.open()
  }

  /** Signing out on purpose: the page forgets everything. */
  reset(): void {
    this.#disconnect()
    this.#forget(true)
    this.#account = null
  }

  /** Runs one to its end; must not throw. */
  protected abstract run(id: string, signal: AbortSignal): Promise<TaskEnd>
  /** Ends rows that wait or run. */
  protected abstract stop(rows: readonly Row[]): void
  /** Starts rows once more that are neither unfinished nor done. */
  protected abstract restart(rows: readonly Row[]): void
  /** Whether one that failed may be tried again as it is. */
  protected canRetry(_row: Row): boolean {
    return true
  }
  /** Takes up what is kept for the key. */
  protected abstract onConnect(connection: Connection): void
  protected onDisconnect(): void {}
  /** Rows are taken off the list. */
  protected abstract onRemove(ids: ReadonlySet<string>): void
  /** Forgets what belongs to the rows; what is kept goes as well if `isSignedOut`. */
  protected abstract onForget(isSignedOut: boolean): void

  #disconnect(): void {
    this.connection = null
    this.tasks.close()
    this.onDisconnect()
  }

  #remove(rows: readonly Row[]): void {
    const ids = new Set(rows.map(({ id }) => id))
    this.onRemove(ids)
    this.rows.remove(ids)
  }

  #forget(isSignedOut: boolean): void {
    this.onForget(isSignedOut)
    this.tasks.clear()
    this.rows.clear()
  }
}
