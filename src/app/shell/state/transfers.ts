import { browserClock } from '#app/lib/clock.ts'
import { createRetryPause, retryTransient } from '#app/lib/retry.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import { mayKeepTransfers, storedImports } from '#app/lib/transfers/kept-transfers.ts'
import type { TransferQueues, TransferQueuesOptions } from './transfer-queues.ts'

/** The queues; null until their code is loaded. */
export type Transfers = ReadableStore<TransferQueues | null> & {
  /** @throws if the code does not come in five tries */
  load(): Promise<TransferQueues>
  /** Whether leaving the page would break something off. */
  hasUnfinished(): boolean
}

/** Without anything to do the code comes when the first screen is long there, in ms. */
const idleMs = 5_000
const tries = 5

/**
 * Loads the queues before they are needed: when a person does the first thing, when another tab keeps an
 * import, when the page was idle for a while, and at once where a reload may have left something.
 *
 * @param options what the queues are made with
 */
export function createTransfers(options: TransferQueuesOptions): Transfers {
  const loaded = createStore<TransferQueues | null>(null)
  const retryPause = createRetryPause()
  const watching = new AbortController()
  let loading: Promise<TransferQueues> | null = null

  async function loadNow(): Promise<TransferQueues> {
    const { createTransferQueues } = await retryTransient(() => import('./transfer-queues.ts'), {
      ...{ retryPause, tries, isTransient: () => true },
    })
    watching.abort()
    const queues = createTransferQueues(options)
    loaded.set(queues)
    return queues
  }

  function load(): Promise<TransferQueues> {
    loading ??= loadNow().catch((error) => {
      loading = null
      throw error
    })
    return loading
  }

  const { session } = options
  const getKeyId = () => session.getSnapshot()?.me.key.id
  const prepare = () => {
    // Who needs them and does not get them says so.
    if (getKeyId() && !watching.signal.aborted) load().catch(() => {})
  }

  for (const kind of ['pointerdown', 'keydown', 'dragenter', 'paste']) {
    document.addEventListener(kind, prepare, { signal: watching.signal, capture: true })
  }
  const handleStorage = ({ key }: StorageEvent) => {
    if (key?.startsWith(storedImports(getKeyId() ?? ''))) prepare()
  }
  window.addEventListener('storage', handleStorage, { signal: watching.signal })
  const stopFollowing = session.subscribe(() => {
    const keyId = getKeyId()
    if (!keyId) return
    browserClock.after(idleMs, prepare)
    void mayKeepTransfers(keyId).then((mayKeep) => mayKeep && prepare())
  })
  watching.signal.addEventListener('abort', stopFollowing)

  return {
    subscribe: loaded.subscribe,
    getSnapshot: loaded.getSnapshot,
    load,
    hasUnfinished: () => (loaded.getSnapshot()?.uploads.getSnapshot().totals.unfinished ?? 0) > 0,
  }
}
