import type { Transfer, TransferState } from './transfer-rows.ts'

/** `order`: when it was added, among all rows. */
export type Place<Row> = { row: Row; order: number }

/**
 * Rows in sections by their states, each in the order they were added. One that changes its state is moved
 * by halving, not by a walk.
 */
export function createRowSections<Row extends Transfer>(
  sections: readonly (readonly TransferState[])[],
) {
  const sectionOf = new Map(
    sections.flatMap((states, index) => states.map((state) => [state, index])),
  )
  let lists: Place<Row>[][] = []
  const sectionFor = (state: TransferState) => sectionOf.get(state) ?? 0
  const listFor = (state: TransferState) => lists[sectionFor(state)] ?? []

  function arrange(places: Iterable<Place<Row>>) {
    lists = sections.map(() => [])
    for (const place of places) listFor(place.row.state).push(place)
  }

  arrange([])
  return {
    /** All rows anew, given in their order. */
    arrange,
    /** A row that was added after all others. */
    push: (place: Place<Row>) => void listFor(place.row.state).push(place),
    /** A row whose state was `before`. */
    move(place: Place<Row>, before: TransferState) {
      if (sectionFor(before) === sectionFor(place.row.state)) return
      const [old, next] = [listFor(before), listFor(place.row.state)]
      old.splice(findOrder(old, place.order), 1)
      next.splice(findOrder(next, place.order), 0, place)
    },
    at(index: number): Row | undefined {
      let left = index
      for (const list of lists) {
        if (left < list.length) return list[left]?.row
        left -= list.length
      }
      return undefined
    },
    indexOf({ row, order }: Place<Row>): number {
      const above = lists.slice(0, sectionFor(row.state))
      const before = above.reduce((sum, { length }) => sum + length, 0)
      return before + findOrder(listFor(row.state), order)
    },
  }
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
