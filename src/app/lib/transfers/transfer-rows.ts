import { atMostEvery, type Clock } from '#app/lib/clock.ts'
import { createEmitter } from '#app/lib/store.ts'
import { type GroupName, type Place, RowSections, type TransferGroup } from './row-sections.ts'
import {
  type Amount,
  createSpeedometer,
  createSums,
  isUnfinished,
  type TransferState,
  type TransferSums,
  type TransferTotals,
} from './transfer-sums.ts'

/** A row. Every change makes a new object, so that rows can be compared by identity. */
export type Transfer = {
  readonly id: string
  readonly state: TransferState
  /** What it came with; never changes. */
  readonly group?: GroupName | null
}

/** A new object whenever a row has changed. The rows themselves are read one by one: they may be thousands. */
export type TransfersSnapshot = {
  readonly totals: TransferTotals
  /** Rows and heads of groups that can be seen in the list. */
  readonly items: number
  /** Of those that were added since all were over, ended or not: what a person waits for. */
  readonly run: TransferSums
  /** What moves a second while something runs; null until it can be told. */
  readonly speed: number | null
  /** Nobody is connected, or the key lacks the scope. */
  readonly isPaused: boolean
  /** A person paused it: nothing new starts. */
  readonly isPausedByHand: boolean
  /** False if the browser could not store something: a reload would lose it. */
  readonly isKept: boolean
}

/** Smooth to look at, and cheap. */
const showIntervalMs = 100

/** So many are moved one by one. */
const fewRows = 20

const noAmount: Amount = { whole: 0, moved: 0 }
const states = ['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const

export type TransferRowsOptions<Row extends Transfer> = {
  clock: Clock
  /** Whether new rows go on top. */
  isNewestFirst?: boolean
  /** The states whose rows stand together, from top to bottom; all rows as they were added if left out. */
  sections?: readonly (readonly TransferState[])[]
  measure?: (row: Row) => Amount
  /** Told which rows were added, removed or changed their state. */
  onStates?: (ids: Iterable<string>) => void
}

/**
 * The rows of a queue. Changing one costs the same among ten and among thirty thousand; listeners hear of
 * changes at once, but not more than ten times a second.
 */
export class TransferRows<Row extends Transfer> {
  #places = new Map<string, Place<Row>>()
  readonly #sections
  readonly #all = createSums()
  readonly #speedometer
  readonly #measure: (row: Row) => Amount
  readonly #changes = createEmitter()
  readonly #showing
  readonly #isNewestFirst: boolean
  readonly #onStates: (ids: Iterable<string>) => void
  #runSums = createSums()
  #run = 0
  #firstOrder = 0
  #lastOrder = 0
  #snapshot: TransfersSnapshot
  #isStale = false

  constructor(options: TransferRowsOptions<Row>) {
    const { clock, isNewestFirst = false, measure = () => noAmount, onStates = () => {} } = options
    this.#isNewestFirst = isNewestFirst
    this.#measure = measure
    this.#onStates = onStates
    this.#sections = new RowSections<Row>(options.sections ?? [states])
    this.#showing = atMostEvery(clock, showIntervalMs, this.#changes.emit)
    this.#speedometer = createSpeedometer(() => clock.now())
    this.#snapshot = { ...this.#read(), isPaused: false, isPausedByHand: false, isKept: true }
  }

  subscribe = (listener: () => void): (() => void) => this.#changes.subscribe(listener)

  getSnapshot = (): TransfersSnapshot => {
    if (this.#isStale) this.#snapshot = { ...this.#snapshot, ...this.#read() }
    this.#isStale = false
    return this.#snapshot
  }

  get(id: string): Row | undefined {
    return this.#places.get(id)?.row
  }

  /** In their order: a walk over all of them. */
  all(): readonly Row[] {
    return this.#inOrder().map(({ row }) => row)
  }

  /** What stands at `index` in the list, from the top. */
  at(index: number): Row | TransferGroup | undefined {
    return this.#sections.at(index)
  }

  /** Where a row stands, or the head of a group; -1 where it is gone or its group is closed. */
  indexOf(id: string): number {
    return this.#sections.indexOf(this.#places.get(id) ?? id)
  }

  /** Opens the rows of a group, or closes them. */
  toggleGroup(id: string): void {
    this.#sections.toggle(id)
    this.#noteChange([])
  }

  /** Rows go to the top of their sections, and so does the group that they all are of. */
  moveToHead(ids: readonly string[], group?: string): void {
    this.#firstOrder -= ids.length
    for (const [index, id] of ids.entries()) {
      const place = this.#places.get(id)
      if (place) place.order = this.#firstOrder + index
    }
    const sorted = [...this.#places].sort(([, a], [, b]) => a.order - b.order)
    this.#places = new Map(sorted)
    if (group !== undefined) this.#sections.setGroupOrder(group, this.#firstOrder)
    this.#arrange()
    this.#noteChange([])
  }

  add(added: readonly Row[]): void {
    this.#firstOrder -= added.length
    const start = this.#isNewestFirst ? this.#firstOrder : this.#lastOrder
    for (const [index, row] of added.entries()) {
      const place = { row, amount: this.#measure(row), order: start + index, run: 0 }
      this.#places.set(row.id, place)
      this.#count(place, this.#isIdle())
      if (!this.#isNewestFirst) this.#sections.push(place)
    }
    this.#lastOrder += added.length
    if (this.#isNewestFirst) this.#arrange()
    this.#noteChange(added.map(({ id }) => id))
  }

  /** Adds rows and puts all of them in order, each group where its first row is. */
  addInOrder(added: readonly Row[], compare: (a: Row, b: Row) => number): void {
    this.add(added)
    const sorted = this.#inOrder().sort((a, b) => compare(a.row, b.row))
    this.#firstOrder -= sorted.length
    for (const [index, place] of sorted.entries()) place.order = this.#firstOrder + index
    for (const { row, order } of sorted.toReversed()) {
      if (row.group) this.#sections.setGroupOrder(row.group.id, order)
    }
    this.#places = new Map(sorted.map((place) => [place.row.id, place]))
    this.#arrange()
    this.#noteChange([])
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
      if (place) this.#uncount(place)
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

  setPausedByHand(isPausedByHand: boolean): void {
    if (this.#snapshot.isPausedByHand !== isPausedByHand) this.#set({ isPausedByHand })
  }

  #set(change: Partial<Pick<TransfersSnapshot, 'isPaused' | 'isPausedByHand' | 'isKept'>>): void {
    this.#snapshot = { ...this.#snapshot, ...change }
    this.#noteChange([])
  }

  #noteChange(ids: Iterable<string>): void {
    this.#isStale = true
    this.#onStates(ids)
    this.#showing.ask()
  }

  #read(): Pick<TransfersSnapshot, 'totals' | 'items' | 'run' | 'speed'> {
    const [{ totals }, run] = [this.#all.read(), this.#runSums.read()]
    return { totals, items: this.#sections.length, run, speed: this.#speedometer.read() }
  }

  #replace(place: Place<Row>, row: Row): void {
    const isIdle = this.#isIdle()
    const { row: before, amount } = place
    this.#uncount(place)
    place.row = row
    place.amount = this.#measure(row)
    this.#count(place, isIdle)
    // A try that begins anew takes nothing back.
    const more = before.state === 'running' ? Math.max(0, place.amount.moved - amount.moved) : 0
    this.#speedometer.note(this.#all.running() > 0, more)
  }

  #isIdle(): boolean {
    return this.#all.unfinished() === 0
  }

  /** `wasIdle`: before this row was added or changed. */
  #count(place: Place<Row>, wasIdle: boolean): void {
    const { row, amount } = place
    if (isUnfinished(row)) {
      if (wasIdle) {
        this.#run += 1
        this.#runSums = createSums()
        this.#speedometer.reset()
      }
      place.run = this.#run
    }
    this.#all.count(row.state, amount, 1)
    if (place.run === this.#run) this.#runSums.count(row.state, amount, 1)
    this.#sections.count(place, 1)
  }

  #uncount(place: Place<Row>): void {
    const { row, amount, run } = place
    this.#all.count(row.state, amount, -1)
    if (run === this.#run) this.#runSums.count(row.state, amount, -1)
    this.#sections.count(place, -1)
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
