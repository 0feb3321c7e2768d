/**
 * React keys for a window that moves over a long list: what stays keeps its element, what comes takes the
 * element of what went. Making and throwing away elements is most of what scrolling costs.
 */
export function createRecycledKeys(): (shown: readonly string[]) => number[] {
  let taken = new Map<string, number>()
  let made = 0
  return (shown) => {
    const next = new Map<string, number>()
    for (const name of shown) {
      const key = taken.get(name)
      if (key !== undefined) next.set(name, key)
      taken.delete(name)
    }
    const free = [...taken.values()]
    for (const name of shown) if (!next.has(name)) next.set(name, free.pop() ?? made++)
    taken = next
    return shown.map((name) => next.get(name) as number)
  }
}
