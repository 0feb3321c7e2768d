import type { Transfer } from './transfer-rows.ts'
import {
  type Amount,
  type CountedSums,
  createSums,
  type TransferState,
  type TransferSums,
} from './transfer-sums.ts'

/** `order`: when it was added, among all rows; `run`: see `TransfersSnapshot`. */
export type Place<Row> = { row: Row; amount: Amount; order: number; run: number }

/** What came together: a folder that was dropped, or a list. `id` among all rows of the queue. */
export type GroupName = { readonly id: string; readonly name: string }

/** The head of rows that came together. A new object whenever a number of it changes. */
export type TransferGroup = GroupName & {
  readonly isOpen: boolean
  readonly state: TransferState
  readonly sums: TransferSums
}

type Group<Row> = {
  name: GroupName
  order: number
  /** The person's; null while nobody said. */
  choice: boolean | null
  isFirst: boolean
  lists: Place<Row>[][]
  sums: CountedSums
  shown: TransferGroup | null
}

/** A stretch of a list, or the head of a group. */
type Segment<Row> = { start: number; length: number } & (
  | { group: Group<Row>; list: null; from: 0 }
  | { group: null; list: Place<Row>[]; from: number }
)

/** Groups of so few are open from the beginning, and so is the first one. */
const smallGroup = 12

/**
 * Rows in sections by their states, each in the order they were added, those of a group together below its
 * head. One that changes its state is moved by halving, not by a walk.
 */
export class RowSections<Row extends Transfer> {
  readonly #sectionOf
  readonly #amount: number
  readonly #groups = new Map<string, Group<Row>>()
  #singles: Place<Row>[][]
  #layout: { segments: Segment<Row>[]; length: number } | null = null

  constructor(sections: readonly (readonly TransferState[])[]) {
    this.#amount = sections.length
    this.#sectionOf = new Map(
      sections.flatMap((states, index) => states.map((state) => [state, index])),
    )
    this.#singles = this.#emptyLists()
  }

  /** All rows anew, given in their order. */
  arrange(places: Iterable<Place<Row>>): void {
    this.#layout = null
    this.#singles = this.#emptyLists()
    for (const [id, group] of this.#groups) {
      group.lists = this.#emptyLists()
      if (group.sums.all() === 0) this.#groups.delete(id)
    }
    for (const place of places) this.push(place)
  }

  /** A row that was added after all others. */
  push(place: Place<Row>): void {
    this.#listOf(place, place.row.state).push(place)
    this.#layout = null
  }

  /** Told before a row changes or goes, with -1, and after it came or changed, with 1. */
  count(place: Place<Row>, by: 1 | -1): void {
    const { row, amount, order } = place
    if (!row.group) return
    const group = this.#groupOf(place) ?? this.#makeGroup(row.group, order)
    group.sums.count(row.state, amount, by)
    group.shown = null
    this.#layout = null
  }

  /** A row whose state was `before`. */
  move(place: Place<Row>, before: TransferState): void {
    const [old, next] = [this.#listOf(place, before), this.#listOf(place, place.row.state)]
    if (old === next) return
    old.splice(findOrder(old, place.order), 1)
    next.splice(findOrder(next, place.order), 0, place)
    this.#layout = null
  }

  /** Opens a group, or closes it. */
  toggle(id: string): void {
    const group = this.#groups.get(id)
    if (group) group.choice = !isOpen(group)
    this.#layout = null
  }

  /** A group goes where `order` says. */
  setGroupOrder(id: string, order: number): void {
    const group = this.#groups.get(id)
    if (group) group.order = order
    this.#layout = null
  }

  /** How many rows and heads of groups there are, without the rows of closed groups. */
  get length(): number {
    return this.#laidOut().length
  }

  /** What stands at `index`, from the top. */
  at(index: number): Row | TransferGroup | undefined {
    const { segments, length } = this.#laidOut()
    const segment = index < length ? segments[findLast(segments, index)] : undefined
    if (!segment) return undefined
    if (segment.group) return show(segment.group)
    return segment.list[segment.from + index - segment.start]?.row
  }

  /** Where a row stands, or the group of that id; -1 for rows of a closed group. */
  indexOf(place: Place<Row> | string): number {
    const { segments } = this.#laidOut()
    if (typeof place === 'string') {
      return segments.find(({ group }) => group?.name.id === place)?.start ?? -1
    }
    const list = this.#listOf(place, place.row.state)
    const at = findOrder(list, place.order)
    const found = segments.find(
      ({ list: other, from, length }) => other === list && at >= from && at < from + length,
    )
    return found ? found.start + at - found.from : -1
  }

  #emptyLists(): Place<Row>[][] {
    return Array.from({ length: this.#amount }, () => [])
  }

  #sectionFor(state: TransferState): number {
    return this.#sectionOf.get(state) ?? 0
  }

  #groupOf({ row }: Place<Row>): Group<Row> | undefined {
    return row.group ? this.#groups.get(row.group.id) : undefined
  }

  #listOf(place: Place<Row>, state: TransferState): Place<Row>[] {
    return (this.#groupOf(place)?.lists ?? this.#singles)[this.#sectionFor(state)] ?? []
  }

  #makeGroup(name: GroupName, order: number): Group<Row> {
    const isFirst = this.#groups.size === 0
    const [lists, sums] = [this.#emptyLists(), createSums()]
    const group = { name, order, choice: null, isFirst, lists, sums, shown: null }
    this.#groups.set(name.id, group)
    return group
  }

  #laidOut() {
    this.#layout ??= this.#layOut()
    return this.#layout
  }

  #layOut() {
    const layout = createLayout<Row>()
    const sorted = [...this.#groups.values()].sort((a, b) => a.order - b.order)
    const bySection = Map.groupBy(sorted, ({ sums }) => this.#sectionFor(stateOf(sums.read())))
    for (const [index, list] of this.#singles.entries()) {
      let from = 0
      for (const group of bySection.get(index) ?? []) {
        const to = findOrder(list, group.order)
        layout.add(list, from, to)
        layout.addGroup(group)
        from = to
      }
      layout.add(list, from, list.length)
    }
    return layout.read()
  }
}

function createLayout<Row>() {
  const segments: Segment<Row>[] = []
  let length = 0
  const add = (list: Place<Row>[], from: number, to: number) => {
    if (to <= from) return
    segments.push({ start: length, length: to - from, group: null, list, from })
    length += to - from
  }
  return {
    add,
    addGroup(group: Group<Row>) {
      // One file is not much of a group.
      const isAlone = group.sums.all() === 1
      if (!isAlone) {
        segments.push({ start: length, length: 1, group, list: null, from: 0 })
        length += 1
      }
      if (isAlone || isOpen(group)) for (const list of group.lists) add(list, 0, list.length)
    },
    read: () => ({ segments, length }),
  }
}

function isOpen({ choice, isFirst, sums }: Group<unknown>): boolean {
  return choice ?? (isFirst || sums.all() <= smallGroup)
}

function show(group: Group<unknown>): TransferGroup {
  const open = isOpen(group)
  if (group.shown?.isOpen === open) return group.shown
  const sums = group.sums.read()
  group.shown = { ...group.name, isOpen: open, state: stateOf(sums), sums }
  return group.shown
}

/** What has begun and is not over runs, also between two of its rows: it must not jump about. */
function stateOf({ totals }: TransferSums): TransferState {
  const { waiting, running, done, failed, interrupted } = totals
  if (running > 0 || (waiting > 0 && done + failed > 0)) return 'running'
  if (waiting > 0) return 'waiting'
  if (failed > 0) return 'failed'
  if (interrupted > 0) return 'interrupted'
  return done > 0 ? 'done' : 'cancelled'
}

/** Where `order` stands in a list that is sorted by it, or would stand. */
function findOrder(list: readonly Place<unknown>[], order: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle]?.order ?? 0) < order) low = middle + 1
    else high = middle
  }
  return low
}

/** The last segment that starts at `index` or above. */
function findLast(segments: readonly { start: number }[], index: number): number {
  let [low, high] = [0, segments.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((segments[middle]?.start ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}
