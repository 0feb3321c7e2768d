import type { Clock } from '#app/lib/clock.ts'
import { createStore } from '#app/lib/store.ts'
import type { TransferEstimate } from './estimate-transfers.ts'
import type { Upload, UploadForecast, UploadsSnapshot, UploadTotals } from './upload.ts'
import { isUnfinished } from './upload.ts'

/** Often enough to look alive, seldom enough to cost nothing. */
const progressIntervalMs = 250

/** What the forecast needs to know about the window of requests. */
export type RequestWindow = {
  estimate(waiting: {
    files: number
    bytes: number
    bytesPerSecond: number | null
  }): TransferEstimate
  requestsPerMinute(): number
}

/** The rows of the queue as immutable snapshots: progress shows at most four times a second. */
export function createUploadRows(clock: Clock) {
  let rows: Upload[] = []
  const positions = new Map<string, number>()
  let requests: RequestWindow | null = null
  let isPaused = false
  let isKept = true
  let cancelTimer: (() => void) | null = null
  const { getSnapshot, subscribe, set } = createStore(takeSnapshot())

  function takeSnapshot(previous?: UploadsSnapshot): UploadsSnapshot {
    const totals = countRows(rows)
    const isSame = previous && JSON.stringify(previous.totals) === JSON.stringify(totals)
    return {
      uploads: rows.slice(),
      totals: isSame ? previous.totals : totals,
      forecast: requests && !isPaused && totals.unfinished > 0 ? foresee(rows, requests) : null,
      isPaused,
      isKept,
    }
  }

  function publish() {
    cancelTimer?.()
    cancelTimer = null
    set(takeSnapshot(getSnapshot()))
  }

  function replaceAll(next: Upload[]) {
    rows = next
    positions.clear()
    for (const [position, row] of rows.entries()) positions.set(row.id, position)
    publish()
  }

  function write(id: string, change: Partial<Upload>): boolean {
    const position = positions.get(id)
    const row = position === undefined ? undefined : rows[position]
    if (position === undefined || !row) return false
    rows[position] = { ...row, ...change }
    return true
  }

  return {
    get: (id: string) => rows[positions.get(id) ?? -1],
    all: (): readonly Upload[] => rows,
    add: (added: readonly Upload[]) => replaceAll([...rows, ...added]),
    changeAll: (change: (row: Upload) => Upload) => replaceAll(rows.map(change)),
    keep: (isKept: (row: Upload) => boolean) => replaceAll(rows.filter(isKept)),
    /** A step of its life: shown at once. */
    change(id: string, change: Partial<Upload>) {
      if (write(id, change)) publish()
    },
    /** Bytes on the move: shown with the next tick. */
    progress(id: string, change: Partial<Upload>) {
      if (write(id, change)) cancelTimer ??= clock.after(progressIntervalMs, publish)
    },
    connect(next: RequestWindow | null, nowPaused: boolean) {
      requests = next
      isPaused = nowPaused
      publish()
    },
    noteKept(isNowKept: boolean) {
      if (isKept === isNowKept) return
      isKept = isNowKept
      publish()
    },
    subscribe,
    getSnapshot,
  }
}

export type UploadRows = ReturnType<typeof createUploadRows>

function countRows(rows: readonly Upload[]): UploadTotals {
  const counts = { waiting: 0, sending: 0, done: 0, failed: 0, cancelled: 0, interrupted: 0 }
  for (const row of rows) counts[row.state] += 1
  return { ...counts, unfinished: counts.waiting + counts.sending }
}

function foresee(rows: readonly Upload[], window: RequestWindow): UploadForecast {
  let files = 0
  let bytes = 0
  let bytesPerSecond: number | null = null
  for (const row of rows) {
    if (!isUnfinished(row)) continue
    bytes += row.size - row.sentBytes
    if (row.bytesPerSecond !== null) bytesPerSecond = (bytesPerSecond ?? 0) + row.bytesPerSecond
    // What is being sent has taken its slot already.
    if (row.state === 'waiting') files += 1
  }
  const { seconds, limitedBy } = window.estimate({ files, bytes, bytesPerSecond })
  return { seconds, limitedBy, requestsPerMinute: window.requestsPerMinute() }
}
