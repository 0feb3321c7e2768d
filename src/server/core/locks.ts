import { ApiFailure } from './failure.ts'
import { Mutex } from './semaphore.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * Mutual exclusion by name, for all work on the same store. A server that is stopped for long loses its locks to
 * others and does not know: what must not be done twice hangs on `releaseWith`, or on what the store refuses.
 */
export type Locks = {
  /**
   * Runs `work` while nobody else works under any of `names`; in one process, first come, first served.
   * Nested calls must take names in the same order everywhere. @throws what `work` throws
   */
  run<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result>
  /** Runs `work` where nobody works under `name` now. False, and nothing is run, where somebody does. */
  attempt(name: string, work: () => Promise<void>): Promise<boolean>
  /** Those of `names` under which somebody works. */
  held(names: readonly string[]): Promise<Set<string>>
  /**
   * For work that holds `name`: it is held no more once the unit has come true.
   * @throws LockLost where it is somebody else's by now: the unit must not come true
   */
  releaseWith(unit: UnitOfWork, name: string): Promise<void>
}

/** Somebody else holds what this work was to be done under. */
export class LockLost extends ApiFailure {
  override name = 'LockLost'
  constructor() {
    const message = 'Another server has taken this request over. Send it again for its answer.'
    super('unavailable', message)
  }
}

/** Locks within this process. */
export function createLocks(): Locks {
  const mutexes = new Map<string, Mutex>()

  async function run<Result>(names: readonly string[], work: () => Promise<Result>) {
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
  }

  return {
    run,
    async attempt(name, work) {
      if (mutexes.has(name)) return false
      await run([name], work)
      return true
    },
    held: async (names) => new Set(names.filter((name) => mutexes.has(name))),
    // No process can lose what it holds in itself.
    async releaseWith() {},
  }
}
