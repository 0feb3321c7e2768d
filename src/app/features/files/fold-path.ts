/** px of a step's arrow and padding; and of a letter, the half-bold last step's included. */
const stepRoom = 28
const letterRoom = 7.5
/** px. A long name is cut rather than standing for the whole line; the last one is why one looks. */
const mostRoom = 24 * letterRoom
const mostLastRoom = 64 * letterRoom
const foldedRoom = 44

/**
 * Which steps of a path fold into `…` so that the rest fit `width` px: from the middle first, where one
 * rarely goes, then the root, and never the last. `[from, to)`, empty where all fit. Estimated: a
 * measured fit would have to draw every try.
 */
export function foldPath(names: readonly string[], width: number): [from: number, to: number] {
  const roomOf = (name: string, at: number) =>
    stepRoom + Math.min(textRoom(name), at === names.length - 1 ? mostLastRoom : mostRoom)
  const rooms = names.map(roomOf)
  const sum = (from: number, to: number) => rooms.slice(from, to).reduce((all, one) => all + one, 0)
  const last = names.length - 1
  if (sum(0, last + 1) <= width) return [0, 0]
  for (let to = 2; to <= last; to += 1) {
    if (sum(0, 1) + foldedRoom + sum(to, last + 1) <= width) return [1, to]
  }
  return [0, last]
}

/** From Hangul on, letters of Eastern scripts and emoji are twice as wide. */
function textRoom(text: string): number {
  const letters = Array.from(text, (letter) => ((letter.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2))
  return letterRoom * letters.reduce((all, one) => all + one, 0)
}
