import type { AccessHolder, AccessWatch, WatchedAccess } from '#server/core/access-watch.ts'
import type { ImportClaim, ImportTasks } from './import-tasks.ts'

/** `hasWaited`: it was taken up before, by a server that has ended since. */
type QueuedImport = AccessHolder & { id: string; hasWaited?: boolean }

export type ImportQueue = {
  add(task: QueuedImport): void
  /** Takes up what has not ended. */
  start(): Promise<void>
  /** Starts nothing more, aborts what runs and resolves once all of it has ended. */
  stop(): Promise<void>
}

/** Does one import; it does not reject. */
export type RunTurn = (id: string, turn: ImportTurn) => Promise<void>

/** What may end an import before its time. */
export type ImportSignals = {
  /** The server stops: the next start takes it up again. */
  stopped: AbortSignal
  /** Its key was revoked, or its account banned: its reason is an `AccessEnded`. */
  accessEnded: AbortSignal
}

/**
 * `hasWaited`: it did not begin as soon as it was asked for. `claim`: where the queue has made one; else the
 * import claims itself.
 */
export type ImportTurn = ImportSignals & { hasWaited: boolean; claim?: ImportClaim }

type QueueOptions = {
  concurrency: number
  access: Pick<AccessWatch, 'watch'>
  tasks: Pick<ImportTasks, 'unfinished'>
}

type Waiting = QueuedImport & { access: WatchedAccess }
type Running = { userId: string; stop: AbortController; ended: Promise<void> }

/**
 * Runs a few imports at a time: first in, first out for one person, and between people whoever has
 * the fewest running goes first, so that a hundred links of one do not hold up the one of another.
 * A waiting import whose access ends is run at once, aborted, and so ends there, too.
 */
export function createImportQueue(
  { concurrency, access, tasks }: QueueOptions,
  run: RunTurn,
): ImportQueue {
  const waiting: Waiting[] = []
  const running = new Map<string, Running>()
  // Tasks that are only being ended; they do not count as running.
  const leaving = new Map<string, Running>()
  let isStopped = false

  const runningOf = (userId: string) =>
    [...running.values()].filter((other) => other.userId === userId).length

  const takeNext = (): Waiting | undefined => {
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

  const start = (
    { id, userId, access: watched, hasWaited = false }: Waiting,
    among: Map<string, Running>,
  ) => {
    const stop = new AbortController()
    const turn = { stopped: stop.signal, accessEnded: watched.signal, hasWaited }
    const ended = run(id, turn).finally(() => {
      watched[Symbol.dispose]()
      among.delete(id)
      startMore()
    })
    among.set(id, { userId, stop, ended })
  }

  const startMore = () => {
    while (!isStopped && running.size < concurrency) {
      const next = takeNext()
      if (next === undefined) return
      start(next, running)
    }
  }

  const takeOut = (id: string): Waiting | undefined => {
    const index = waiting.findIndex((task) => task.id === id)
    return index === -1 ? undefined : waiting.splice(index, 1)[0]
  }

  const queue: ImportQueue = {
    add(task) {
      const watched = access.watch(task)
      const queued: Waiting = { ...task, access: watched }
      waiting.push(queued)
      watched.signal.addEventListener('abort', () => {
        const left = isStopped ? undefined : takeOut(task.id)
        if (left !== undefined) start(left, leaving)
      })
      startMore()
      queued.hasWaited = true
    },
    async start() {
      for (const task of await tasks.unfinished()) queue.add({ ...task, hasWaited: true })
    },
    async stop() {
      isStopped = true
      for (const { access: watched } of waiting.splice(0)) watched[Symbol.dispose]()
      const ending = [...running.values(), ...leaving.values()]
      for (const { stop } of ending) stop.abort()
      await Promise.all(ending.map(({ ended }) => ended))
    },
  }
  return queue
}
