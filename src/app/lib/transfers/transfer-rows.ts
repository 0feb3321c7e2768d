import { atMostEvery, type Clock } from '#app/lib/clock.ts'
import { createEmitter } from '#app/lib/store.ts'
import { createRowSections, type Place } from './row-sections.ts'

/** `interrupted`: a reload took away what it needs to go on, and a person has to help. */
export type TransferState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** A row. Every change makes a new object, so that rows can be compared by identity. */
export type Transfer = { readonly id: string; readonly state: TransferState }

/** The same object while no number changes. */
export type TransferTotals = Readonly<Record<TransferState, number>> & {
  /** Waiting or running. */
  readonly unfinished: number
  readonly all: number
}

/** A new object whenever a row has changed. The rows themselves are read one by one: they may be thousands. */
export type TransfersSnapshot = {
  readonly totals: TransferTotals
  /** The sum of `weigh` over all rows. */
  readonly weight: number
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
const showIntervalMs = 100

/** So many are moved one by one. */
const fewRows = 20

const states = ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const

export type TransferRowsOptions<Row extends Transfer> = {
  clock: Clock
  /** Whether new rows go on top. */
  isNewestFirst?: boolean
  /** The states whose rows stand together, from top to bottom; all rows as they were added if left out. */
  sections?: readonly (readonly TransferState[])[]
  /** What a row counts in the snapshot's `weight`. */
  weigh?: (row: Row) => number
  /** Told which rows were added, removed or changed their state. */
  onStates?: (ids: Iterable<string>) => void
}

/**
 * The rows of a queue. Changing one costs the same among ten and among thirty thousand; listeners hear of
 * changes at once, but not more than ten times a second.
 */
export class TransferRows<Row extends Transfer> {
  readonly #places = new Map<string, Place<Row>>()
  readonly #sections
  readonly #sums
  readonly #changes = createEmitter()
  readonly #showing
  readonly #isNewestFirst: boolean
  readonly #onStates: (ids: Iterable<string>) => void
  #firstOrder = 0
  #lastOrder = 0
  #snapshot: TransfersSnapshot
  #isStale = false

  constructor(options: TransferRowsOptions<Row>) {
    const { clock, isNewestFirst = false, weigh = () => 0, onStates = () => {} } = options
    this.#isNewestFirst = isNewestFirst
    this.#onStates = onStates
    this.#sections = createRowSections<Row>(options.sections ?? [states])
    this.#showing = atMostEvery(clock, showIntervalMs, this.#changes.emit)
    this.#sums = createSums(weigh)
    this.#snapshot = { ...this.#sums.read(), isPaused: false, isKept: true }
  }

  subscribe = (listener: () => void): (() => void) => this.#changes.subscribe(listener)

  getSnapshot = (): TransfersSnapshot => {
    if (this.#isStale) this.#snapshot = { ...this.#snapshot, ...this.#sums.read() }
    this.#isStale = false
    return this.#snapshot
  }

  get(id: string): Row | undefined {
    return this.#places.get(id)?.row
  }

  /** In the order they were added: a walk over all of them. */
  all(): readonly Row[] {
    return this.#inOrder().map(({ row }) => row)
  }

  /** The row that stands at `index` in its section, from the top. */
  at(index: number): Row | undefined {
    return this.#sections.at(index)
  }

  /** Where a row stands; -1 where it is gone. */
  indexOf(id: string): number {
    const place = this.#places.get(id)
    return place ? this.#sections.indexOf(place) : -1
  }

  add(added: readonly Row[]): void {
    this.#firstOrder -= added.length
    const start = this.#isNewestFirst ? this.#firstOrder : this.#lastOrder
    for (const [index, row] of added.entries()) {
      const place = { row, order: start + index }
      this.#places.set(row.id, place)
      this.#sums.count(row, 1)
      if (!this.#isNewestFirst) this.#sections.push(place)
    }
    this.#lastOrder += added.length
    if (this.#isNewestFirst) this.#arrange()
    this.#noteChange(added.map(({ id }) => id))
  }

  change(id: string, change: Partial<Row>): void {
    const place = this.#places.get(id)
    if (!place) return
    const { state } = place.row
    this.#move(place, { ...place.row, ...change })
    this.#noteChange(place.row.state === state ? [] : [id])
  }

  changeMany(ids: Iterable<string>, change: (row: Row) => Row): void {
    const places = [...ids].flatMap((id) => this.#places.get(id) ?? [])
    if (places.length === 0) return
    const isFew = places.length <= fewRows
    for (const place of places) {
      if (isFew) this.#move(place, change(place.row))
      else this.#replace(place, change(place.row))
    }
    if (!isFew) this.#arrange()
    this.#noteChange(places.map(({ row }) => row.id))
  }

  remove(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      const place = this.#places.get(id)
      if (place) this.#sums.count(place.row, -1)
      this.#places.delete(id)
    }
    this.#arrange()
    this.#noteChange(ids)
  }

  clear(): void {
    this.remove(new Set(this.#places.keys()))
  }

  setPaused(isPaused: boolean): void {
    if (this.#snapshot.isPaused !== isPaused) this.#set({ isPaused })
  }

  setKept(isKept: boolean): void {
    if (this.#snapshot.isKept !== isKept) this.#set({ isKept })
  }

  #set(change: Partial<Pick<TransfersSnapshot, 'isPaused' | 'isKept'>>): void {
    this.#snapshot = { ...this.#snapshot, ...change }
    this.#noteChange([])
  }

  #noteChange(ids: Iterable<string>): void {
    this.#isStale = true
    this.#onStates(ids)
    this.#showing.ask()
  }

  #replace(place: Place<Row>, row: Row): void {
    this.#sums.count(place.row, -1)
    this.#sums.count(row, 1)
    place.row = row
  }

  #move(place: Place<Row>, row: Row): void {
    const { state } = place.row
    this.#replace(place, row)
    this.#sections.move(place, state)
  }

  /** After many have changed: one by one, each would move all those behind it. */
  #arrange(): void {
    this.#sections.arrange(this.#inOrder())
  }

  #inOrder(): Place<Row>[] {
    const all = [...this.#places.values()]
    return this.#isNewestFirst ? all.sort((a, b) => a.order - b.order) : all
  }
}

/** Counts rows as they come and go. */
function createSums<Row extends Transfer>(weigh: (row: Row) => number) {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as TransferCounts
  let weight = 0
  let totals = totalsOf(counts)
  return {
    count(row: Row, by: 1 | -1) {
      counts[row.state] += by
      weight += by * weigh(row)
    },
    read(): Pick<TransfersSnapshot, 'totals' | 'weight'> {
      if (states.some((state) => totals[state] !== counts[state])) totals = totalsOf(counts)
      return { totals, weight }
    },
  }
}

type TransferCounts = Record<TransferState, number>

function totalsOf(counts: TransferCounts): TransferTotals {
  const all = states.reduce((sum, state) => sum + counts[state], 0)
  return { ...counts, unfinished: counts.waiting + counts.running, all }
}
