/** `interrupted`: a reload took away what it needs to go on, and a person has to help. */
export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** Whether it still waits or runs. */
export function isUnfinished({ state }: { state: TransferState }): boolean {
  return state === 'waiting' || state === 'running'
}

const states = ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const

/** The same object while no number changes. */
export type TransferTotals = Readonly<Record<TransferState, number>> & {
  /** Waiting or running. */
  readonly unfinished: number
  readonly all: number
}

/** How large a transfer is, and how much of it is there. In bytes, or in parts of a hundred where nobody knows. */
export type Amount = {
  /** Null while it is not known. */
  whole: number | null
  moved: number
}

/** The sums of some rows, in what their amounts are in. What was cancelled has no amount. */
export type TransferSums = {
  readonly totals: TransferTotals
  readonly whole: number
  readonly moved: number
  /** The whole of those that wait. */
  readonly waiting: number
  /** What is left of those that wait or run. */
  readonly unmoved: number
  /** How many are not known to be large or small. */
  readonly unmeasured: number
}

/** Counts rows as they come and go. */
export function createSums() {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Counts
  let [whole, moved, waiting, unmoved, unmeasured] = [0, 0, 0, 0, 0]
  let totals = totalsOf(counts)
  return {
    /** `by` -1 for a row as it was counted before. */
    count(state: TransferState, amount: Amount, by: 1 | -1) {
      counts[state] += by
      if (state === 'cancelled') return
      if (amount.whole === null) unmeasured += by
      whole += by * (amount.whole ?? 0)
      moved += by * amount.moved
      if (state === 'waiting') waiting += by * (amount.whole ?? 0)
      if (isUnfinished({ state })) unmoved += by * Math.max(0, (amount.whole ?? 0) - amount.moved)
    },
    unfinished: () => counts.waiting + counts.running,
    running: () => counts.running,
    all: () => states.reduce((sum, state) => sum + counts[state], 0),
    read(): TransferSums {
      if (states.some((state) => totals[state] !== counts[state])) totals = totalsOf(counts)
      return { totals, whole, moved, waiting, unmoved, unmeasured }
    },
  }
}

export type CountedSums = ReturnType<typeof createSums>

type Counts = Record<TransferState, number>

function totalsOf(counts: Counts): TransferTotals {
  const all = states.reduce((sum, state) => sum + counts[state], 0)
  return { ...counts, unfinished: counts.waiting + counts.running, all }
}

/** So far back a speed still counts to a third, in ms: long enough for Wi-Fi, short enough for another line. */
const smoothMs = 8_000
const leastMs = 400

/**
 * A speed that does not jump: what was moved longer ago counts less and less. Only time in which something
 * runs counts, so that waiting for a turn does not make the line look slow.
 */
export function createSpeedometer(now: () => number) {
  let [moved, ms] = [0, 0]
  let since: number | null = null

  function pass() {
    if (since === null) return
    const at = now()
    const left = Math.exp((since - at) / smoothMs)
    moved *= left
    ms = ms * left + smoothMs * (1 - left)
    since = at
  }

  return {
    note(isRunning: boolean, more: number) {
      pass()
      moved += more
      if (isRunning !== (since !== null)) since = isRunning ? now() : null
    },
    /** A second; null until it can be told. */
    read(): number | null {
      pass()
      return ms < leastMs ? null : (moved * 1_000) / ms
    },
    reset() {
      ;[moved, ms, since] = [0, 0, null]
    },
  }
}
