import type { Clock } from '#app/lib/clock.ts'
import { createStore } from '#app/lib/store.ts'

/** `interrupted`: a reload took away what it needs to go on, and a person has to help. */
export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** A row. Every change makes a new object, so that rows can be compared by identity. */
export type Transfer = { readonly id: string; readonly state: TransferState }

/** The same object while no number changes. */
export type TransferTotals = Readonly<Record<TransferState, number>> & {
  /** Waiting or running. */
  readonly unfinished: number
}

export type TransfersSnapshot<Row extends Transfer> = {
  readonly rows: readonly Row[]
  readonly totals: TransferTotals
  /** Nobody is connected, or the key lacks the scope. */
  readonly isPaused: boolean
  /** False if the browser could not store something: a reload would lose it. */
  readonly isKept: boolean
}

/** Whether it still waits or runs. */
export function isUnfinished({ state }: Pick<Transfer, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** Smooth to look at, and cheap. */
const progressIntervalMs = 250

export type TransferRowsOptions = {
  clock: Clock
  /** Whether new rows go on top. */
  isNewestFirst?: boolean
}

/** The rows of a queue as immutable snapshots. */
export function createTransferRows<Row extends Transfer>(options: TransferRowsOptions) {
  const { clock, isNewestFirst = false } = options
  let rows: Row[] = []
  const indexes = new Map<string, number>()
  let cancelTimer: (() => void) | null = null
  const store = createStore<TransfersSnapshot<Row>>({
    rows,
    totals: countRows(rows),
    isPaused: false,
    isKept: true,
  })

  function publish() {
    cancelTimer?.()
    cancelTimer = null
    const { totals: before } = store.getSnapshot()
    const totals = countRows(rows)
    const isSame = JSON.stringify(before) === JSON.stringify(totals)
    store.update({ rows: rows.slice(), totals: isSame ? before : totals })
  }

  function replaceAll(next: Row[]) {
    rows = next
    indexes.clear()
    for (const [index, row] of rows.entries()) indexes.set(row.id, index)
    publish()
  }

  function write(id: string, change: Partial<Row>): boolean {
    const index = indexes.get(id)
    const row = index === undefined ? undefined : rows[index]
    if (index === undefined || !row) return false
    rows[index] = { ...row, ...change }
    return true
  }

  return {
    get: (id: string) => rows[indexes.get(id) ?? -1],
    all: (): readonly Row[] => rows,
    add: (added: readonly Row[]) =>
      replaceAll(isNewestFirst ? [...added, ...rows] : [...rows, ...added]),
    changeAll: (change: (row: Row) => Row) => replaceAll(rows.map(change)),
    remove: (ids: ReadonlySet<string>) => replaceAll(rows.filter(({ id }) => !ids.has(id))),
    clear: () => replaceAll([]),
    /** Published at once: a change of state. */
    change(id: string, change: Partial<Row>) {
      if (write(id, change)) publish()
    },
    /** Published at most four times a second: bytes on the move. */
    progress(id: string, change: Partial<Row>) {
      if (write(id, change)) cancelTimer ??= clock.after(progressIntervalMs, publish)
    },
    setPaused(isPaused: boolean) {
      if (store.getSnapshot().isPaused !== isPaused) store.update({ isPaused })
    },
    setKept(isKept: boolean) {
      if (store.getSnapshot().isKept !== isKept) store.update({ isKept })
    },
    subscribe: store.subscribe,
    getSnapshot: store.getSnapshot,
  }
}

export type TransferRows<Row extends Transfer> = ReturnType<typeof createTransferRows<Row>>

function countRows(rows: readonly Transfer[]): TransferTotals {
  const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0, interrupted: 0 }
  for (const row of rows) counts[row.state] += 1
  return { ...counts, unfinished: counts.waiting + counts.running }
}
