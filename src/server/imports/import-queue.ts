type QueuedImport = { id: string; userId: string }

export type ImportQueue = {
  add(task: QueuedImport): void
  /** Takes a waiting task out, or aborts a running one and resolves once it has ended. */
  cancel(id: string): Promise<void>
  /** Starts nothing more, aborts what runs and resolves once all of it has ended. */
  stop(): Promise<void>
}

type Run = (id: string, signal: AbortSignal) => Promise<void>

/**
 * Runs a few imports at a time: first in, first out for one person, and between people whoever has
 * the fewest running goes first, so that a hundred links of one do not hold up the one of another.
 * @param run does one import; it must not reject
 */
export function createImportQueue(concurrency: number, run: Run): ImportQueue {
  const waiting: QueuedImport[] = []
  const running = new Map<string, { userId: string; stop: AbortController; ended: Promise<void> }>()
  let isStopped = false

  const runningOf = (userId: string) =>
    [...running.values()].filter((other) => other.userId === userId).length

  const takeNext = (): QueuedImport | undefined => {
    let best = -1
    let fewest = Number.POSITIVE_INFINITY
    for (const [index, { userId }] of waiting.entries()) {
      const count = runningOf(userId)
      if (count >= fewest) continue
      fewest = count
      best = index
    }
    return best === -1 ? undefined : waiting.splice(best, 1)[0]
  }

  const startMore = () => {
    while (!isStopped && running.size < concurrency) {
      const next = takeNext()
      if (next === undefined) return
      const stop = new AbortController()
      const ended = run(next.id, stop.signal).finally(() => {
        running.delete(next.id)
        startMore()
      })
      running.set(next.id, { userId: next.userId, stop, ended })
    }
  }

  return {
    add(task) {
      waiting.push(task)
      startMore()
    },
    async cancel(id) {
      const index = waiting.findIndex((task) => task.id === id)
      if (index !== -1) waiting.splice(index, 1)
      const task = running.get(id)
      task?.stop.abort()
      await task?.ended
    },
    async stop() {
      isStopped = true
      for (const { stop } of running.values()) stop.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}
