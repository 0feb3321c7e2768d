import { type TextStorage, tabStorage } from '#app/lib/browser/storage.ts'
import type { TransferGroup } from './row-sections.ts'
import { createTaskQueue, type TaskEnd } from './task-queue.ts'
import {
  type Transfer,
  TransferRows,
  type TransferRowsOptions,
  type TransfersSnapshot,
} from './transfer-rows.ts'
import { isUnfinished } from './transfer-sums.ts'

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
  /** Under which name the tab keeps that a person paused it. */
  pausedAs: string
  pausedIn?: TextStorage
}

/**
 * What all queues of transfers do: waiting → running → done | failed | cancelled. A queue outlives the
 * session: without a key it is paused until the same account connects again.
 */
export abstract class TransferQueue<Row extends Transfer, Connection extends TransferConnection> {
  protected readonly rows: TransferRows<Row>
  protected readonly tasks
  protected connection: Connection | null = null
  readonly #pausedByHand: { name: string; storage: TextStorage }
  /** By row id, epoch ms; null while it goes on. */
  readonly #ends = new Map<string, number | null>()
  #account: string | null = null

  constructor(options: TransferQueueOptions<Row>) {
    const { concurrency, pausedAs, pausedIn = tabStorage, ...rows } = options
    this.#pausedByHand = { name: pausedAs, storage: pausedIn }
    this.rows = new TransferRows<Row>({
      ...rows,
      onStates: (ids) => {
        this.#noteEnds(ids)
        this.onStates(ids)
      },
    })
    this.tasks = createTaskQueue({ concurrency, run: (id, signal) => this.run(id, signal) })
  }

  subscribe = (listener: () => void): (() => void) => this.rows.subscribe(listener)
  getSnapshot = (): TransfersSnapshot => this.rows.getSnapshot()
  /** The row or the head of a group that stands at `index`, from the top. */
  at = (index: number): Row | TransferGroup | undefined => this.rows.at(index)
  /** Where a row stands, or a group; -1 where it is gone or its group is closed. */
  indexOf = (id: string): number => this.rows.indexOf(id)
  /** Opens the rows of a group, or closes them. */
  toggleGroup = (id: string): void => this.rows.toggleGroup(id)
  /** When a row ended, in epoch ms; null where it did not end in this page. */
  endedAt = (id: string): number | null => this.#ends.get(id) ?? null
  /** All rows in their order: a walk over thousands, for what a person asked for. */
  all = (): readonly Row[] => this.rows.all()

  /** Cancels a transfer that waits or runs; removes an interrupted one. */
  abort(id: string): void {
    const row = this.rows.get(id)
    if (row?.state === 'interrupted') this.#remove([row])
    else if (row && isUnfinished(row)) this.stop([row])
  }

  /** Cancels everything that waits or runs, of one group where one is given. */
  abortAll(group?: string): void {
    this.stop(this.#of(group).filter(isUnfinished))
  }

  /** Pauses it: nothing new starts, and what has only begun waits again. A reload of the tab keeps it paused. */
  pause(): void {
    if (this.getSnapshot().isPausedByHand || this.#account === null) return
    this.#pausedByHand.storage.set(this.#pausedByHand.name, this.#account)
    this.#setPausedByHand(true)
    this.onPause()
  }

  /** Goes on after `pause`. */
  goOn(): void {
    this.#pausedByHand.storage.remove(this.#pausedByHand.name)
    this.#setPausedByHand(false)
  }

  /** A row that waits is the next one to start. */
  startNext(id: string): void {
    const row = this.rows.get(id)
    if (row?.state !== 'waiting') return
    this.rows.moveToHead([id])
    this.onNext([id])
  }

  /** All that waits of a group is the next to start. */
  startGroupNext(group: string): void {
    const ids = this.#of(group)
      .filter(({ state }) => state === 'waiting')
      .map(({ id }) => id)
    this.rows.moveToHead(ids, group)
    this.onNext(ids)
  }

  /** Starts it again in the same row, unless it is unfinished or done. */
  retry(id: string): void {
    const row = this.rows.get(id)
    if (row && !isUnfinished(row) && row.state !== 'done') this.restart([row])
  }

  /** Starts again everything that failed and may succeed, of one group where one is given. */
  retryFailed(group?: string): void {
    this.restart(this.#of(group).filter((row) => row.state === 'failed' && this.canRetry(row)))
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
      this.#setPausedByHand(
        this.#pausedByHand.storage.get(this.#pausedByHand.name) === connection.account,
      )
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
    this.goOn()
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
  /** Takes back what has only begun and can wait, once nothing new starts. */
  protected abstract onPause(): void
  /** Has these start before all others that wait. */
  protected onNext(ids: readonly string[]): void {
    this.tasks.moveToHead(ids)
  }
  /** Loads what is kept for the key. */
  protected abstract onConnect(connection: Connection): void
  protected onDisconnect(): void {}
  /** Called before rows are removed. */
  protected abstract onRemove(ids: ReadonlySet<string>): void
  /** Called before all rows are removed: on signing out, or for another account. */
  protected abstract onForget(isSignedOut: boolean): void

  #noteEnds(ids: Iterable<string>): void {
    for (const id of ids) {
      const row = this.rows.get(id)
      if (!row) this.#ends.delete(id)
      else if (isUnfinished(row)) this.#ends.set(id, null)
      else if (this.#ends.get(id) === null) this.#ends.set(id, Date.now())
    }
  }

  #of(group: string | undefined): readonly Row[] {
    const all = this.rows.all()
    return group === undefined ? all : all.filter((row) => row.group?.id === group)
  }

  #setPausedByHand(isPausedByHand: boolean): void {
    this.rows.setPausedByHand(isPausedByHand)
    this.tasks.pause(isPausedByHand)
  }

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
