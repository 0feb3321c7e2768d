/** What happens to a task after it ran: it is over, or goes to the head or the tail of the queue. */
export type TaskEnd = 'over' | 'first' | 'last'

export type TaskQueueOptions = {
  /** How many run at once. */
  concurrency: number
  /** Runs a task; must not throw. `signal` fires when the task is removed. */
  run(id: string, signal: AbortSignal): Promise<TaskEnd>
}

/** Others that stand between those that are taken: a look must not walk over thousands. */
const mostPassedOver = 1_000

/** Those of `ids` that wait, then the others. */
function withHead(ids: readonly string[], waiting: readonly string[]): string[] {
  const [moved, all] = [new Set(ids), new Set(waiting)]
  return [...ids.filter((id) => all.has(id)), ...waiting.filter((id) => !moved.has(id))]
}

/** First in, first out. It is closed at first; closed or paused, it starts nothing, but what runs goes on. */
export function createTaskQueue({ concurrency, run }: TaskQueueOptions) {
  let waiting: string[] = []
  const running = new Map<string, AbortController>()
  let [isOpen, isPaused] = [false, false]

  function fill() {
    while (isOpen && !isPaused && running.size < concurrency) {
      const id = waiting.shift()
      if (id === undefined) return
      void start(id)
    }
  }

  async function start(id: string) {
    const controller = new AbortController()
    running.set(id, controller)
    const end = await run(id, controller.signal)
    // It may have been removed meanwhile, and even added and started again.
    if (running.get(id) !== controller) return
    running.delete(id)
    if (end === 'first') waiting.unshift(id)
    if (end === 'last') waiting.push(id)
    fill()
  }

  return {
    add(ids: readonly string[]) {
      // `push(...ids)` would overflow the stack with a hundred thousand ids.
      waiting = waiting.concat(ids)
      fill()
    },
    /** Also aborts those that run. */
    remove(ids: readonly string[]) {
      const removed = new Set(ids)
      waiting = waiting.filter((id) => !removed.has(id))
      for (const id of ids) {
        running.get(id)?.abort()
        running.delete(id)
      }
      fill()
    },
    /**
     * Takes tasks out, from the head on, for one that runs to do them along: it is their place that they
     * take, until they are put back. Ends with the first that `accept` has no room for.
     */
    take(accept: (id: string) => boolean | 'full'): string[] {
      const taken: string[] = []
      const left: string[] = []
      let index = 0
      for (; index < waiting.length && left.length < mostPassedOver; index += 1) {
        const id = waiting[index] ?? ''
        const verdict = accept(id)
        if (verdict === 'full') break
        if (verdict) taken.push(id)
        else left.push(id)
      }
      if (taken.length > 0) waiting = left.concat(waiting.slice(index))
      return taken
    },
    /** Tasks that were taken go to the head of the queue again, or to its tail. */
    putBack(ids: readonly string[], end: 'first' | 'last') {
      waiting = end === 'first' ? [...ids, ...waiting] : [...waiting, ...ids]
      fill()
    },
    /** Tasks that wait go to the head; others stay where they are. */
    moveToHead(ids: readonly string[]) {
      waiting = withHead(ids, waiting)
    },
    running: () => [...running.keys()],
    /** Paused, it starts nothing, whether it is open or not. */
    pause(next: boolean) {
      isPaused = next
      fill()
    },
    hasWaiting: () => waiting.length > 0,
    open() {
      isOpen = true
      fill()
    },
    close() {
      isOpen = false
    },
    clear() {
      waiting = []
      for (const controller of running.values()) controller.abort()
      running.clear()
    },
  }
}
