import { Mutex } from './semaphore.ts'

/** Keeps work on the same things apart, wherever it runs. */
export type Locks = {
  /**
   * Runs `work` while nobody else works under any of `names`; who asked first goes first. Work may
   * ask for more names, in one order everywhere. @throws what `work` throws
   */
  run<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result>
}

/** Locks among the work of this process. */
export function createLocks(): Locks {
  const mutexes = new Map<string, Mutex>()

  return {
    async run(names, work) {
      const held: [string, Mutex][] = []
      try {
        // Sorted: two who want the same names in another order would wait for each other.
        for (const name of [...new Set(names)].sort()) {
          const mutex = mutexes.get(name) ?? new Mutex()
          mutexes.set(name, mutex)
          await mutex.acquire()
          held.push([name, mutex])
        }
        return await work()
      } finally {
        for (const [name, mutex] of held) {
          mutex.release()
          if (mutex.isIdle) mutexes.delete(name)
        }
      }
    },
  }
}
