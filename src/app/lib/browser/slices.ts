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
