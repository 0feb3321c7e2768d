import type { Entry } from '#app/features/files/folder/entry.ts'

/** Wider ones and narrower ones are cut a little, or one panorama would leave its neighbours no room. */
const widest = 2
const narrowest = 0.7

/** The part of the whole width that each of a row's pictures gets, by their shapes. */
export function widthsOf(shapes: readonly number[]): number[] {
  const held = shapes.map((shape) => Math.min(widest, Math.max(narrowest, shape)))
  const sum = held.reduce((total, shape) => total + shape, 0)
  return held.map((shape) => shape / sum)
}

/**
 * Justified rows: each of equally many pictures, as wide as their shapes want and together as wide as the
 * list. The shapes are known only of pictures that were seen before, and nothing in sight may move: what a
 * row was drawn with stays until it has gone out of sight.
 * Where one shape is known, what has none gets a square.
 * @param shapeOf width by height; null while it is not known
 */
export function createRowWidths(shapeOf: (entry: Entry) => number | null) {
  let decided = new Map<string, number[] | null>()
  return {
    /** Of the rows that are drawn now, by their first keys; null for even ones. */
    read(rows: readonly (readonly (Entry | undefined)[])[]): (number[] | null)[] {
      const next = new Map<string, number[] | null>()
      const widths = rows.map((row) => {
        const name = `${row.length} ${row.map((entry) => entry?.key).join('\n')}`
        const before = decided.get(name)
        const now = before === undefined ? decide(row) : before
        next.set(name, now)
        return now
      })
      decided = next
      return widths
    },
  }

  function decide(row: readonly (Entry | undefined)[]): number[] | null {
    const shapes = row.map((entry) => (entry ? shapeOf(entry) : null))
    const isKnown = shapes.some((shape) => shape !== null)
    return isKnown ? widthsOf(shapes.map((shape) => shape ?? 1)) : null
  }
}
