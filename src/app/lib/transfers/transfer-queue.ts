import { createTaskQueue, type TaskEnd } from './task-queue.ts'
import {
  isUnfinished,
  type Transfer,
  TransferRows,
  type TransferRowsOptions,
  type TransfersSnapshot,
} from './transfer-rows.ts'

/** What a queue needs of the connected key. */
export type TransferConnection = {
  /** Another account gets an empty queue. */
  account: string
  /** The key's public id; transfers are kept under it over a reload. */
  keyId: string
  /** False if the key lacks the scope: the queue waits for another key of the account. */
  isAllowed: boolean
}

export type TransferQueueOptions<Row extends Transfer> = Omit<
  TransferRowsOptions<Row>,
  'onStates'
> & {
  /** How many run at once. */
  concurrency: number
}

/**
 * What all queues of transfers do: waiting → running → done | failed | cancelled. A queue outlives the
 * session: without a key it is paused until the same account connects again.
 */
export abstract class TransferQueue<Row extends Transfer, Connection extends TransferConnection> {
  protected readonly rows: TransferRows<Row>
  protected readonly tasks
  protected connection: Connection | null = null
  #account: string | null = null

  constructor({ concurrency, ...rows }: TransferQueueOptions<Row>) {
    this.rows = new TransferRows<Row>({ ...rows, onStates: (ids) => this.onStates(ids) })
    this.tasks = createTaskQueue({ concurrency, run: (id, signal) => this.run(id, signal) })
  }

  subscribe = (listener: () => void): (() => void) => this.rows.subscribe(listener)
  getSnapshot = (): TransfersSnapshot => this.rows.getSnapshot()
  /** The row that stands at `index`, from the top. */
  at = (index: number): Row | undefined => this.rows.at(index)
  /** Where a row stands; -1 where it is gone. */
  indexOf = (id: string): number => this.rows.indexOf(id)
  /** All rows in the order they were added: a walk over thousands, for what a person asked for. */
  all = (): readonly Row[] => this.rows.all()

  /** Cancels a transfer that waits or runs; removes an interrupted one. */
  abort(id: string): void {
    const row = this.rows.get(id)
    if (row?.state === 'interrupted') this.#remove([row])
    else if (row && isUnfinished(row)) this.stop([row])
  }

  /** Cancels everything that waits or runs. */
  abortAll(): void {
    this.stop(this.rows.all().filter(isUnfinished))
  }

  /** Starts it again in the same row, unless it is unfinished or done. */
  retry(id: string): void {
    const row = this.rows.get(id)
    if (row && !isUnfinished(row) && row.state !== 'done') this.restart([row])
  }

  /** Starts again everything that failed and may succeed. */
  retryFailed(): void {
    this.restart(this.rows.all().filter((row) => row.state === 'failed' && this.canRetry(row)))
  }

  /** Removes what failed or was interrupted. */
  removeFailed(): void {
    this.#remove(
      this.rows.all().filter(({ state }) => state === 'failed' || state === 'interrupted'),
    )
  }

  /** Removes what is done, failed or cancelled. */
  removeFinished(): void {
    this.#remove(this.rows.all().filter((row) => !isUnfinished(row) && row.state !== 'interrupted'))
  }

  /** Runs the queue with a connection, or pauses it with null. */
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

  /** Forgets everything, after signing out. */
  reset(): void {
    this.#disconnect()
    this.#forget(true)
    this.#account = null
  }

  /** Runs a transfer to its end; must not throw. */
  protected abstract run(id: string, signal: AbortSignal): Promise<TaskEnd>
  /** Cancels rows that wait or run. */
  protected abstract stop(rows: readonly Row[]): void
  /** Told which rows were added, removed or changed their state. */
  protected onStates(_ids: Iterable<string>): void {}
  /** Starts rows again that are neither unfinished nor done. */
  protected abstract restart(rows: readonly Row[]): void
  /** Whether a failed row may succeed when it is tried again. */
  protected canRetry(_row: Row): boolean {
    return true
  }
  /** Loads what is kept for the key. */
  protected abstract onConnect(connection: Connection): void
  protected onDisconnect(): void {}
  /** Called before rows are removed. */
  protected abstract onRemove(ids: ReadonlySet<string>): void
  /** Called before all rows are removed: on signing out, or for another account. */
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
