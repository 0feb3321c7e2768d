import { Mutex } from './semaphore.ts'

/** Mutual exclusion by name, for all work on the same store. */
export type Locks = {
  /**
   * Runs `work` while nobody else works under any of `names`; first come, first served.
   * Nested calls must take names in the same order everywhere. @throws what `work` throws
   */
  run<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result>
}

/** Locks within this process. */
export function createLocks(): Locks {
  const mutexes = new Map<string, Mutex>()

  return {
    async run(names, work) {
      const held: [string, Mutex][] = []
      try {
        // Sorted, or two callers with the same names in different orders would deadlock.
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
