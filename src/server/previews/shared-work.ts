/**
 * Makes the sharer of work that several ask for at once: the same key is made once, and is given up
 * when none of them waits for it any more.
 */
export function createSharedWork<Result>() {
  type Running = { promise: Promise<Result>; takers: number; giveUp: AbortController }
  const running = new Map<string, Running>()

  function begin(key: string, work: (signal: AbortSignal) => Promise<Result>): Running {
    const giveUp = new AbortController()
    const one: Running = { promise: work(giveUp.signal), takers: 0, giveUp }
    const forget = () => {
      if (running.get(key) === one) running.delete(key)
    }
    one.promise.then(forget, forget)
    running.set(key, one)
    return one
  }

  return {
    /** How many are made or wait for their turn. */
    get size() {
      return running.size
    },
    has: (key: string) => running.has(key),
    /** @throws what the work throws; the signal's reason */
    async share(
      key: string,
      signal: AbortSignal,
      work: (signal: AbortSignal) => Promise<Result>,
    ): Promise<Result> {
      signal.throwIfAborted()
      const one = running.get(key) ?? begin(key, work)
      one.takers += 1
      const left = Promise.withResolvers<never>()
      const leave = () => {
        one.takers -= 1
        if (one.takers === 0) {
          running.delete(key)
          one.giveUp.abort(signal.reason)
        }
        left.reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      try {
        return await Promise.race([one.promise, left.promise])
      } finally {
        signal.removeEventListener('abort', leave)
      }
    },
  }
}
