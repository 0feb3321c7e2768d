import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** One step of the hash numbered `hash`; the answer to the last one carries its digest. */
type HashRequest = {
  ask: number
  hash: number
  buffer?: SharedArrayBuffer
  length: number
  isLast: boolean
}

type HashAnswer = { ask: number; digest: string }

/** A SHA-256 that is being reckoned elsewhere. */
export type RunningHash = {
  /** Adds the first `length` bytes of `buffer`; resolves when the buffer may be written to again. */
  add(buffer: SharedArrayBuffer, length: number): Promise<void>
  /** Hex. */
  digest(): Promise<string>
  drop(): void
}

export type FileHasher = { start(): RunningHash; close(): Promise<void> }

/**
 * Hashes in a worker thread: SHA-256 takes about a second a gigabyte of a core, which the event loop
 * does not have. Buffers are shared, so nothing is copied to get there.
 */
export function createFileHasher(): FileHasher {
  const worker = new Worker(new URL('./hash-worker.js', import.meta.url), {
    // All it holds is the state of a few hashes.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  })
  // What a hash still waits for; a worker that dies fails them all, and the uploads with them.
  const waiting = new Map<number, PromiseWithResolvers<string>>()
  let nextHash = 0
  let nextAsk = 0
  let failure: Error | null = null

  function fail(error: Error): void {
    failure = error
    for (const ask of waiting.values()) ask.reject(error)
    waiting.clear()
  }
  worker.on('message', ({ ask, digest }: HashAnswer) => {
    waiting.get(ask)?.resolve(digest)
    waiting.delete(ask)
  })
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => fail(new Error('The hashing thread has ended.')))
  // An idle hasher must not keep the process alive.
  worker.unref()

  function ask(request: Omit<HashRequest, 'ask'>): Promise<string> {
    if (failure) return Promise.reject(failure)
    const answer = Promise.withResolvers<string>()
    waiting.set(++nextAsk, answer)
    worker.postMessage({ ...request, ask: nextAsk } satisfies HashRequest)
    return answer.promise
  }

  return {
    start() {
      const hash = ++nextHash
      return {
        add: async (buffer, length) => {
          await ask({ hash, buffer, length, isLast: false })
        },
        digest: () => ask({ hash, length: 0, isLast: true }),
        drop: () => {
          ask({ hash, length: 0, isLast: true }).catch(() => {})
        },
      }
    },
    async close() {
      if (failure) return
      const exit = once(worker, 'exit')
      await worker.terminate()
      await exit
    },
  }
}
