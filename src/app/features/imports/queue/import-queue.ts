import type { ApiClient } from '#app/api/http/client.ts'
import { pageId } from '#app/api/tabs/browser-tab.ts'
import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import { createPollingLeader, type PollingLeader } from '#app/api/tabs/polling-leader.ts'
import { browserClock, type Clock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import {
  createRetryPause,
  type OnReconnect,
  onBrowserReconnect,
  type RetryPause,
} from '#app/lib/retry.ts'
import { browserStorage, type TextStorage } from '#app/lib/storage.ts'
import { askForTask, cancelTask } from './ask-for-task.ts'
import {
  createImportRows,
  type ImportJob,
  type ImportOptions,
  type ImportsSnapshot,
  isUnfinished,
  newJob,
} from './import-job.ts'
import { createImportStarts } from './import-starts.ts'
import { type ImportStore, openImportStore } from './import-store.ts'
import { createPollingSlice } from './polling-slice.ts'

/** What the queue needs of one connected key. */
type ImportConnection = {
  account: string
  keyId: string
  /** False: the key lacks the scope, and tasks wait for another key of the account. */
  canImport: boolean
  client: ApiClient
}

/** What tabs of one key tell each other. */
export type ImportNews = { changed: ImportJob } | { removed: string[] }

export type ImportQueueOptions = {
  clock?: Clock
  /** Epoch ms: only to know which stored job is older. */
  wallClock?: () => number
  retryPause?: RetryPause
  random?: () => number
  /** Where jobs are kept over reloads, for all tabs. */
  storage?: TextStorage
  /** Of this page alone: a reload and a duplicated tab have another. */
  tabId?: string
  /** Who takes up what pages that are gone left waiting. */
  openClaims?: () => Promise<Pick<PageClaims, 'show' | 'claim'>>
  onReconnect?: OnReconnect
  isHidden?: () => boolean
  createLeader?: (parts: { keyId: string }) => PollingLeader<ImportNews>
  /** Runs in each tab of the key; `job.folder` is where it lies. */
  onImported?: (job: ImportJob) => void
}

/**
 * All imports of a key: waiting → running → done | failed | cancelled. Each is stored before it is
 * shown, so that a reload at any moment loses none and starts none twice.
 */
class Queue {
  readonly #parts: ImportQueueOptions
  readonly #clock: Clock
  readonly #tabId: string
  readonly #storage: TextStorage
  readonly #rows = createImportRows()
  readonly #starts
  readonly #slice
  /** When each was last asked for: the one that waits longest is next. */
  readonly #askedAt = new Map<string, number>()
  #connection: ImportConnection | null = null
  #account: string | null = null
  #store: { keyId: string; shelf: ImportStore } | null = null
  #leader: PollingLeader<ImportNews> | null = null
  #stopListening = () => {}

  constructor(parts: ImportQueueOptions) {
    this.#parts = parts
    this.#clock = parts.clock ?? browserClock
    this.#tabId = parts.tabId ?? pageId
    this.#storage = parts.storage ?? browserStorage
    this.#starts = createImportStarts({
      retryPause: parts.retryPause ?? createRetryPause({ clock: this.#clock }),
      getJob: (id) => this.#rows.get(id),
      onChange: (id, change) => {
        this.#change(id, change)
        this.#slice.wake()
      },
    })
    this.#slice = createPollingSlice({
      clock: this.#clock,
      random: parts.random ?? Math.random,
      isHidden: parts.isHidden ?? (() => document.hidden),
      isWanted: () => this.#nextToAsk() !== null,
      poll: this.#poll,
    })
  }

  subscribe = (listener: () => void): (() => void) => this.#rows.subscribe(listener)
  getSnapshot = (): ImportsSnapshot => this.#rows.getSnapshot()

  /** One task for each link. */
  start(links: readonly string[], options: ImportOptions): void {
    const now = this.#now()
    const jobs = links.map((link, index) =>
      newJob({
        id: randomId(),
        link,
        options,
        tabId: this.#tabId,
        // The first link stays on top when the newest come first.
        addedAt: now - index / 1000,
        idempotencyKey: randomId(),
      }),
    )
    for (const job of jobs) this.#write(job)
    this.#rows.add(jobs)
    void this.#claims().then((claims) => claims.show())
    for (const job of jobs) this.#leader?.publish({ changed: job })
    this.#begin(jobs)
  }

  async cancel(id: string): Promise<void> {
    const job = this.#rows.get(id)
    if (!job || !isUnfinished(job)) return
    if (job.state === 'waiting') {
      this.#change(id, { state: 'cancelled', note: null })
      this.#starts.stop(id)
      return
    }
    this.#change(id, { note: 'Cancelling…' })
    const change = this.#connection && (await cancelTask(job, this.#connection.client))
    this.#change(id, change ?? { note: null })
  }

  /** A new task with the same link and options, in the same row. */
  retry(id: string): void {
    const job = this.#rows.get(id)
    if (!job || isUnfinished(job) || job.state === 'done') return
    const { link, options, addedAt } = job
    const idempotencyKey = randomId()
    const again = newJob({ id, link, options, addedAt, tabId: this.#tabId, idempotencyKey })
    this.#change(id, again)
    this.#begin([again])
  }

  retryAll(): void {
    for (const { id, state } of this.#rows.all()) if (state === 'failed') this.retry(id)
  }

  async cancelAll(): Promise<void> {
    await Promise.all(this.#rows.all().map(({ id }) => this.cancel(id)))
  }

  clearFinished(): void {
    this.#take((job) => !isUnfinished(job))
  }

  /** Takes what failed off the list. */
  dismissFailed(): void {
    this.#take(({ state }) => state === 'failed')
  }

  #take(isTaken: (job: ImportJob) => boolean): void {
    const removed = this.#rows.all().filter(isTaken)
    for (const { id } of removed) this.#store?.shelf.remove(id)
    this.#rows.keep((job) => !isTaken(job))
    this.#leader?.publish({ removed: removed.map(({ id }) => id) })
  }

  /** Takes up the tasks that are stored for the key; null keeps them and asks nothing more. */
  connect(connection: ImportConnection | null): void {
    this.#leave()
    if (!connection) return
    if (this.#account !== null && this.#account !== connection.account) this.#forget()
    this.#account = connection.account
    this.#connection = connection
    this.#openStore(connection.keyId)
    this.#joinTabs(connection.keyId)
    const waiting = this.#rows.all().filter((job) => job.state === 'waiting')
    this.#begin(waiting.filter((job) => job.tabId === this.#tabId))
    void this.#takeOver(waiting.filter((job) => job.tabId !== this.#tabId))
    this.#slice.wake()
  }

  /** Signing out on purpose: the screen forgets the tasks; the server goes on with them. */
  reset(): void {
    this.#leave()
    this.#forget()
    this.#account = null
  }

  /** Goes on with what pages asked for that are gone. */
  async #takeOver(jobs: readonly ImportJob[]): Promise<void> {
    const client = this.#connection?.client
    for (const page of new Set(jobs.map(({ tabId }) => tabId))) {
      const isGone = await this.#claims().then((claims) => claims.claim(page))
      if (this.#connection?.client !== client) return
      // What the page did in its last moments is known by now.
      const isLeft = ({ id, tabId }: ImportJob) =>
        tabId === page && this.#rows.get(id)?.state === 'waiting'
      if (isGone) this.#begin(jobs.filter(isLeft))
    }
  }

  #claims() {
    return (this.#parts.openClaims ?? browserClaims)()
  }

  #write(job: ImportJob): void {
    if (this.#store) this.#rows.noteKept(this.#store.shelf.write(job))
  }

  #begin(jobs: readonly ImportJob[]): void {
    if (!this.#connection?.canImport) return
    for (const job of jobs) void this.#starts.begin(job, this.#connection.client)
  }

  #change(id: string, change: Partial<ImportJob>): void {
    const job = this.#rows.get(id)
    if (!job) return
    const changed = { ...job, ...change }
    // First the storage, then the screen: what was seen once is there after a reload.
    this.#write(changed)
    this.#show(changed)
    this.#leader?.publish({ changed })
  }

  #show(changed: ImportJob): void {
    const before = this.#rows.get(changed.id)
    if (before) this.#rows.put(changed)
    else this.#rows.add([changed])
    const hasArrived = changed.state === 'done' && before?.state !== 'done'
    if (hasArrived) this.#parts.onImported?.(changed)
  }

  #hear = (news: ImportNews): void => {
    if ('removed' in news) {
      this.#rows.keep(({ id }) => !news.removed.includes(id))
      return
    }
    this.#show(news.changed)
    if (news.changed.state === 'cancelled') this.#starts.stop(news.changed.id)
    this.#slice.wake()
  }

  #nextToAsk(): ImportJob | null {
    if (!this.#connection?.canImport || !this.#leader?.isLeader()) return null
    const askedAt = (job: ImportJob) => this.#askedAt.get(job.id) ?? Number.NEGATIVE_INFINITY
    const running = this.#rows.all().filter((job) => job.state === 'running')
    return running.toSorted((a, b) => askedAt(a) - askedAt(b))[0] ?? null
  }

  #poll = async (): Promise<boolean> => {
    const job = this.#nextToAsk()
    const client = this.#connection?.client
    if (!job || !client) return true
    this.#askedAt.set(job.id, this.#clock.now())
    const change = await askForTask(job, client)
    // Cancelled, cleared or signed out while the answer was on its way.
    const isStill = this.#rows.get(job.id)?.state === 'running'
    if (change && isStill && hasNews(job, change)) this.#change(job.id, change)
    return change !== null
  }

  #openStore(keyId: string): void {
    if (this.#store?.keyId === keyId) return
    const shelf = openImportStore(this.#storage, keyId)
    // Another key of the same account takes over what is on the screen.
    for (const job of this.#rows.all()) {
      this.#store?.shelf.remove(job.id)
      shelf.write(job)
    }
    this.#store = { keyId, shelf }
    this.#rows.add(shelf.read(this.#now()).filter(({ id }) => !this.#rows.get(id)))
  }

  #joinTabs(keyId: string): void {
    const { createLeader = createPollingLeader<ImportNews> } = this.#parts
    this.#leader = createLeader({ keyId })
    this.#leader.subscribe(this.#hear)
    this.#leader.onChange(() => this.#slice.wake())
    const { onReconnect = onBrowserReconnect } = this.#parts
    this.#stopListening = onReconnect(() => this.#slice.wake({ isConnectionBack: true }))
  }

  #leave(): void {
    this.#starts.stopAll()
    this.#slice.stop()
    this.#stopListening()
    this.#leader?.close()
    this.#leader = null
    this.#connection = null
  }

  #forget(): void {
    this.#store = null
    this.#askedAt.clear()
    this.#rows.keep(() => false)
  }

  #now(): number {
    return (this.#parts.wallClock ?? Date.now)()
  }
}

/** Without its code (no network for it) every page counts as alive: nothing is begun twice. */
async function browserClaims(): Promise<Pick<PageClaims, 'show' | 'claim'>> {
  try {
    return (await import('#app/api/tabs/page-claims.ts')).pageClaims()
  } catch {
    return { show: async () => {}, claim: async () => false }
  }
}

export type { Queue as ImportQueue }

export function createImportQueue(parts: ImportQueueOptions = {}): Queue {
  return new Queue(parts)
}

function hasNews(job: ImportJob, change: Partial<ImportJob>): boolean {
  return JSON.stringify(job) !== JSON.stringify({ ...job, ...change })
}
