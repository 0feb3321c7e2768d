/**
 * The heights of a list's rows, in px. Those that differ from most are known once they were in sight; all
 * others are taken to be like most, so that nothing needs a walk over thousands of rows.
 */
export type RowHeights = {
  count: number
  usual: number
  /** The rows that differ, from top to bottom, and by how much. */
  odd: readonly { index: number; more: number }[]
}

/** Where a row begins. */
export function topOf({ usual, odd }: RowHeights, row: number): number {
  let top = row * usual
  for (const { index, more } of odd) {
    if (index >= row) break
    top += more
  }
  return top
}

/** The row at an offset; the first or last one beyond the ends, -1 where there is none. */
export function rowAt({ count, usual, odd }: RowHeights, offset: number): number {
  let added = 0
  for (const { index, more } of odd) {
    const top = index * usual + added
    if (offset < top) break
    if (offset < top + usual + more) return index
    added += more
  }
  return Math.min(count - 1, Math.max(0, Math.floor((offset - added) / usual)))
}

export type SeenRow = { key: string; index: number }

/**
 * How far to scroll so that what a person looks at stays where it is, although rows came, went or turned
 * out higher. Most of the rows in sight move alike; one that ended goes elsewhere, and is not followed. At the
 * top of the list what is new is seen coming in.
 *
 * @param seen what was drawn before
 */
export function heldOffset(
  change: { before: RowHeights; after: RowHeights; scrollTop: number; viewport: number },
  seen: readonly SeenRow[],
  indexOf: (key: string) => number,
): number {
  const { before, after, scrollTop, viewport } = change
  if (scrollTop <= 0) return scrollTop
  const moves = seen
    .filter(({ index }) => {
      const isAbove = topOf(before, index + 1) <= scrollTop
      return !isAbove && topOf(before, index) < scrollTop + viewport
    })
    .map(({ key, index }) => ({ index, now: indexOf(key) }))
    .filter(({ now }) => now >= 0)
    .sort((a, b) => a.now - a.index - (b.now - b.index))
  const held = moves[moves.length >> 1]
  if (!held) return scrollTop
  return Math.max(0, topOf(after, held.now) + scrollTop - topOf(before, held.index))
}

// So many were in sight at some time and are remembered; the others are guessed again.
const mostOdd = 500

/** Remembers what rows were measured to be, by their keys. */
export function createRowSizes(guess: number) {
  let usual = guess
  let isLearned = false
  const odd = new Map<string, number>()

  /** The first rows tell what is usual. */
  function learn(rows: readonly MeasuredRow[]): boolean {
    const middle = rows.map(({ height }) => height).sort((a, b) => a - b)[rows.length >> 1]
    if (isLearned || middle === undefined) return false
    const isChanged = middle !== usual
    usual = middle
    isLearned = true
    return isChanged
  }

  function note({ key, height }: MeasuredRow): boolean {
    const more = height - usual
    if ((odd.get(key) ?? 0) === more) return false
    odd.delete(key)
    if (more !== 0) odd.set(key, more)
    return true
  }

  return {
    /** True if that changes where rows are. */
    measure(rows: readonly MeasuredRow[]): boolean {
      const isLearning = learn(rows)
      const noted = rows.filter(note)
      const oldest = [...odd.keys()].slice(0, Math.max(0, odd.size - mostOdd))
      for (const key of oldest) odd.delete(key)
      return isLearning || noted.length > 0
    },
    /** Of another width all rows are of other heights. */
    forget() {
      odd.clear()
      isLearned = false
    },
    heights(count: number, indexOf: (key: string) => number): RowHeights {
      const known = [...odd].map(([key, more]) => ({ index: indexOf(key), more }))
      const there = known.filter(({ index }) => index >= 0)
      return { count, usual, odd: there.sort((a, b) => a.index - b.index) }
    },
  }
}

type MeasuredRow = { key: string; height: number }
