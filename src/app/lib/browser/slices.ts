/** So much work in one go, in ms: the page draws and answers in between. */
const sliceMs = 12

/** Lets the page do what waits. Not by a timer: those of a hidden tab go off once a second or less. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/** Does `work` for each, thousands of them in slices. @throws what `work` throws */
export async function eachInSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
): Promise<void> {
  let until = performance.now() + sliceMs
  for (const item of items) {
    if (performance.now() > until) {
      await nextTurn()
      until = performance.now() + sliceMs
    }
    work(item)
  }
}

export function* batchesOf<Item>(items: readonly Item[], length: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length)
}

/** Sorted in slices; of two that are alike the first one stays first. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const shortRun = 500
  let runs: Item[][] = []
  const starts = Array.from(
    { length: Math.ceil(items.length / shortRun) },
    (_, at) => at * shortRun,
  )
  await eachInSlices(starts, (at) => {
    runs.push(items.slice(at, at + shortRun).sort(compare))
  })
  while (runs.length > 1) {
    const merged: Item[][] = []
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const all: Item[] = []
  let next = 0
  await eachInSlices(right, (item) => {
    for (let one = left[next]; one !== undefined && compare(one, item) <= 0; one = left[next]) {
      all.push(one)
      next += 1
    }
    all.push(item)
  })
  return all.concat(left.slice(next))
}
