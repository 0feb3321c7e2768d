/** What becomes of a task after it ran: over, or in the queue again, first or last. */
export type TaskEnd = 'over' | 'first' | 'last'

export type TaskQueueOptions = {
  /** How many run at once. */
  concurrency: number
  /** Runs one; must not throw. `signal` fires when it is removed. */
  run(id: string, signal: AbortSignal): Promise<TaskEnd>
}

/** First come, first served. Closed, as it is at first, it starts nothing more; what runs goes on. */
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
    // Removed meanwhile, and perhaps added and started once more.
    if (running.get(id) !== controller) return
    running.delete(id)
    if (end === 'first') waiting.unshift(id)
    if (end === 'last') waiting.push(id)
    fill()
  }

  return {
    add(ids: readonly string[]) {
      // Not `push(...ids)`: a hundred thousand arguments are more than the stack holds.
      waiting = waiting.concat(ids)
      fill()
    },
    /** Aborts those that run. */
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
