/** What becomes of an upload after its turn: over, or in line again, first or last. */
export type TurnEnd = 'over' | 'first' | 'last'

type TaskQueueOptions = {
  /** How many have their turn at once. */
  places: number
  /** One turn; must not throw. `signal` fires when the upload is removed. */
  run(id: string, signal: AbortSignal): Promise<TurnEnd>
}

/** First come, first served. Closed, it starts nothing more; turns that have begun go on. */
export function createTaskQueue({ places, run }: TaskQueueOptions) {
  let waiting: string[] = []
  const running = new Map<string, AbortController>()
  let isOpen = false

  function fill() {
    while (isOpen && running.size < places) {
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
    remove(...ids: readonly string[]) {
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
