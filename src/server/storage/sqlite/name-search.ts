import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { storageUnavailable } from '#server/core/failure.ts'
import type { NameSearch } from '#server/storage/name-search.ts'

type Page = Awaited<ReturnType<NameSearch['find']>>
type Answer = { ask: number; page?: Page; failure?: { message: string; errcode?: number } }

/**
 * Searches in a thread with a connection of its own: a search may take a quarter of a second, which
 * the event loop does not have. It starts with the first search, and anew where it has ended.
 */
export function createNameSearch(databaseFile: string): NameSearch {
  let thread: SearchThread | null = null
  return {
    async find(query) {
      if (thread === null || thread.hasEnded()) thread = openThread(databaseFile)
      return await thread.find(query)
    },
    close: async () => await thread?.close(),
  }
}

type SearchThread = NameSearch & { hasEnded(): boolean }

function openThread(file: string): SearchThread {
  const worker = new Worker(new URL('./search-worker.js', import.meta.url), {
    workerData: { file },
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 },
  })
  const waiting = new Map<number, PromiseWithResolvers<Page>>()
  let asked = 0
  let hasEnded = false

  function fail(cause: unknown): void {
    hasEnded = true
    for (const answer of waiting.values()) answer.reject(storageUnavailable(cause))
    waiting.clear()
  }
  worker.on('message', ({ ask, page = null, failure }: Answer) => {
    const answer = waiting.get(ask)
    waiting.delete(ask)
    if (failure === undefined) answer?.resolve(page)
    else answer?.reject(Object.assign(new Error(failure.message), { errcode: failure.errcode }))
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The searching thread has ended.')))
  worker.unref()

  return {
    hasEnded: () => hasEnded,
    find(query) {
      const answer = Promise.withResolvers<Page>()
      waiting.set(++asked, answer)
      worker.postMessage({ ask: asked, query })
      return answer.promise
    },
    async close() {
      if (hasEnded) return
      const exit = once(worker, 'exit')
      await worker.terminate()
      await exit
    },
  }
}
