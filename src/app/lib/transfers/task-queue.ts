/** What happens to a task after it ran: it is over, or goes to the head or the tail of the queue. */
export type TaskEnd = 'over' | 'first' | 'last'

export type TaskQueueOptions = {
  /** How many run at once. */
  concurrency: number
  /** Runs a task; must not throw. `signal` fires when the task is removed. */
  run(id: string, signal: AbortSignal): Promise<TaskEnd>
}

/** First in, first out. It is closed at first; closed, it starts nothing, but what runs goes on. */
export function createTaskQueue({ concurrency, run }: TaskQueueOptions) {
  let waiting: string[] = []
  const running = new Map<string, AbortController>()
  let isOpen = false

  function fill() {
    while (isOpen && running.size < concurrency) {
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
