import { pageId } from '#app/api/tabs/browser-tab.ts'
import { createPollingLeader, type PollingLeader } from '#app/api/tabs/polling-leader.ts'
import { metLinks } from '#app/features/imports/links/met-links.ts'
import { browserStorage, type TextStorage } from '#app/lib/browser/storage.ts'
import { browserClock, type Clock } from '#app/lib/clock.ts'
import {
  createRetryPause,
  type OnReconnect,
  onBrowserReconnect,
  type RetryPause,
} from '#app/lib/retry.ts'
import type { TaskEnd } from '#app/lib/transfers/task-queue.ts'
import { TransferQueue } from '#app/lib/transfers/transfer-queue.ts'
import { cancelTasks } from './cancel-tasks.ts'
import { createOthersLook } from './find-others.ts'
import {
  type ImportConnection,
  type ImportJob,
  type ImportNews,
  type ImportOptions,
  type ImportStore,
  measureImport,
  newJobs,
  newTry,
  openImportStore,
  restoreImport,
  storeImport,
} from './import-job.ts'
import { createImportStarts } from './import-starts.ts'
import { askForTasks } from './import-task.ts'
import { browserClaims, findLeft, type OpenClaims } from './left-imports.ts'
import { createTaskPoller } from './task-poller.ts'

export type ImportQueueOptions = {
  clock?: Clock
  /** Epoch ms, to order stored jobs by age. */
  wallClock?: () => number
  retryPause?: RetryPause
  random?: () => number
  /** Keeps jobs over reloads; all tabs share it. */
  storage?: TextStorage
  /** This page's id; a reloaded page and a duplicated tab have others. */
  tabId?: string
  /** Decides which page takes over the waiting jobs of a page that is gone. */
  openClaims?: OpenClaims
  onReconnect?: OnReconnect
  isHidden?: () => boolean
  createLeader?: (parts: { keyId: string }) => PollingLeader<ImportNews>
  /** Told in each tab of every import that is done. */
  onImported?: (job: ImportJob) => void
}

/**
 * The imports of a key, the newest first. Each change is stored before it is shown, so that a reload at
 * any moment loses no import and starts none twice. The gate limits how many start at once.
 */
export class ImportQueue extends TransferQueue<ImportJob, ImportConnection> {
  readonly #options
  readonly #starts
  readonly #poller
  readonly #others
  #store: { keyId: string; imports: ImportStore } | null = null
  #leader: PollingLeader<ImportNews> | null = null
  #stopListening = () => {}

  constructor(options: ImportQueueOptions = {}) {
    const clock = options.clock ?? browserClock
    super({
      ...{ clock, isNewestFirst: true, concurrency: Number.POSITIVE_INFINITY },
      ...{ measure: measureImport, pausedAs: 'barkeep.paused-imports' },
    })
    this.#options = {
      clock,
      wallClock: Date.now,
      retryPause: createRetryPause({ clock }),
      random: Math.random,
      storage: browserStorage,
      tabId: pageId,
      openClaims: browserClaims,
      onReconnect: onBrowserReconnect,
      isHidden: () => document.hidden,
      createLeader: createPollingLeader<ImportNews>,
      ...options,
    }
    this.#starts = createImportStarts({
      ...this.#options,
      getJob: (id) => this.rows.get(id),
      onChange: (id, change) => this.#change(id, change),
    })
    this.#others = createOthersLook({
      ...this.#options,
      connection: () => this.connection,
      rows: () => this.rows.all(),
      dismissed: () => this.#store?.imports.dismissed() ?? [],
      onFound: (others) => this.#addOthers(others),
    })
    this.#poller = createTaskPoller({
      ...this.#options,
      tasks: () => this.#running(),
      askedAtOnce: this.#others.askedAtOnce,
      ask: (jobs) => this.#ask(jobs),
    })
  }

  /** Starts one task for each. */
  add(imports: readonly { link: string; options: ImportOptions }[]): void {
    const { wallClock, tabId, openClaims } = this.#options
    const jobs = newJobs(imports, { tabId, now: wallClock() })
    for (const job of jobs) this.#keep(job)
    this.rows.add(jobs)
    void openClaims().then((claims) => claims.show())
    this.tasks.add(jobs.map(({ id }) => id))
  }

  /** Adds the account's imports that were started elsewhere, where the server lists them. */
  look = (): Promise<void> => this.#others.look()

  #addOthers(others: readonly ImportJob[]): void {
    const added = others.filter(({ id }) => !this.rows.get(id))
    if (added.length === 0) return
    for (const job of added) this.#keep(job)
    // The newest on top, whoever started them.
    this.rows.addInOrder(added, (a, b) => b.addedAt - a.addedAt)
    this.#poller.wake()
  }

  met = () => metLinks(this.rows.all())

  /** Starts new tasks with the same links and options, in the same rows. */
  protected override restart(jobs: readonly ImportJob[]): void {
    const { tabId } = this.#options
    this.#dismiss(jobs)
    for (const job of jobs) this.#change(job.id, newTry(job, tabId))
    this.tasks.add(jobs.map(({ id }) => id))
  }

  protected override stop(jobs: readonly ImportJob[]): void {
    const { true: running = [], false: others = [] } = Object.groupBy(
      jobs,
      ({ state }) => `${state === 'running'}`,
    )
    for (const job of others) {
      this.#change(job.id, { state: 'cancelled', note: null })
      this.#stopStart(job)
    }
    if (!this.connection) return
    void cancelTasks(running, this.connection, (id, change) => this.#change(id, change))
  }

  protected override async run(id: string, signal: AbortSignal): Promise<TaskEnd> {
    const job = this.rows.get(id)
    if (job && this.connection) await this.#starts.run(job, this.connection.client, signal)
    return 'over'
  }

  protected override onPause(): void {
    this.tasks.putBack(this.#takeBack(), 'first')
  }

  /** All ask at once for their turn of the window: they ask anew, in another order. */
  protected override onNext(ids: readonly string[]): void {
    const next = new Set(ids)
    const { true: first = [], false: others = [] } = Object.groupBy(
      this.#takeBack(),
      (id) => `${next.has(id)}`,
    )
    this.tasks.putBack([...first, ...others], 'first')
    this.tasks.moveToHead(ids)
  }

  protected override onConnect({ keyId }: ImportConnection): void {
    const { tabId, createLeader, onReconnect } = this.#options
    this.#openStore(keyId)
    this.#leader = createLeader({ keyId })
    this.#leader.subscribe((news) => this.#hear(news))
    this.#leader.onChange(() => this.#poller.wake())
    this.#stopListening = onReconnect(() => this.#poller.wake({ isConnectionBack: true }))
    const waiting = this.rows.all().filter(({ state }) => state === 'waiting')
    this.tasks.add(waiting.filter((job) => job.tabId === tabId).map(({ id }) => id))
    void this.#takeOver(waiting.filter((job) => job.tabId !== tabId))
    this.#poller.wake()
    // Others' imports are looked for when the list is opened: not everybody who connects imports.
    this.#others.connect().catch(() => {})
  }

  protected override onDisconnect(): void {
    this.tasks.clear()
    this.#poller.stop()
    this.#stopListening()
    this.#leader?.close()
    this.#leader = null
  }

  protected override onRemove(ids: ReadonlySet<string>): void {
    this.#dismiss([...ids].flatMap((id) => this.rows.get(id) ?? []))
    for (const id of ids) this.#store?.imports.remove(id)
    this.#leader?.publish({ removed: [...ids] })
  }

  /** The server goes on with the tasks, and what is stored stays for when the account comes back. */
  protected override onForget(): void {
    this.#store = null
  }

  /** Starts the waiting jobs of pages that are gone. */
  async #takeOver(jobs: readonly ImportJob[]): Promise<void> {
    const { connection } = this
    // Looked up now, because that page may have started some in its last moments.
    const isWaiting = ({ id }: ImportJob) => this.rows.get(id)?.state === 'waiting'
    for await (const left of findLeft(jobs, this.#options.openClaims)) {
      if (this.connection !== connection) return
      this.tasks.add(left.filter(isWaiting).map(({ id }) => id))
    }
  }

  /** A start that was sent already goes on: its task is cancelled as soon as its id is known. */
  #stopStart(job: ImportJob): void {
    if (!this.#starts.isSent(job)) this.tasks.remove([job.id])
  }

  /** The server may list their tasks for days: they are not to come back. */
  #dismiss(jobs: readonly ImportJob[]): void {
    const taskIds = jobs.flatMap(({ taskId }) => taskId ?? [])
    if (taskIds.length > 0) this.#store?.imports.dismiss(taskIds)
  }

  /** Takes starts back that were not sent. */
  #takeBack(): string[] {
    const back = this.tasks.running().filter((id) => {
      const job = this.rows.get(id)
      return job?.state === 'waiting' && !this.#starts.isSent(job)
    })
    this.tasks.remove(back)
    return back
  }

  #keep(job: ImportJob): void {
    if (this.#store) this.rows.setKept(this.#store.imports.write(job))
    this.#leader?.publish({ changed: storeImport(job) })
  }

  #change(id: string, change: Partial<ImportJob>): void {
    const job = this.rows.get(id)
    if (!job) return
    const changed = { ...job, ...change }
    if (JSON.stringify(changed) === JSON.stringify(job)) return
    // Stored first: what was seen once is there after a reload.
    this.#keep(changed)
    this.#show(changed)
    this.#poller.wake()
  }

  #show(changed: ImportJob): void {
    const before = this.rows.get(changed.id)
    if (before) this.rows.change(changed.id, changed)
    else this.rows.add([changed])
    if (changed.state === 'done' && before?.state !== 'done') this.#options.onImported?.(changed)
  }

  #hear(news: ImportNews): void {
    if ('removed' in news) this.rows.remove(new Set(news.removed))
    const job = 'changed' in news && restoreImport(news.changed)
    if (!job) return
    this.#show(job)
    if (job.state === 'cancelled') this.#stopStart(job)
    this.#poller.wake()
  }

  /** The running tasks that this tab polls. */
  #running(): readonly ImportJob[] {
    const isAsking = this.connection?.isAllowed && this.#leader?.isLeader()
    return isAsking ? this.rows.all().filter(({ state }) => state === 'running') : []
  }

  /** False if the server did not answer. */
  async #ask(jobs: readonly ImportJob[]): Promise<boolean> {
    if (!this.connection) return true
    const changes = await askForTasks(jobs, this.connection.client)
    for (const [id, change] of changes ?? []) {
      // It may have been cancelled or removed during the request.
      if (this.rows.get(id)?.state === 'running') this.#change(id, change)
    }
    return changes !== null
  }

  #openStore(keyId: string): void {
    if (this.#store?.keyId === keyId) return
    const imports = openImportStore(this.#options.storage, keyId)
    // Another key of the same account takes over the rows.
    for (const job of this.rows.all()) {
      this.#store?.imports.remove(job.id)
      imports.write(job)
    }
    this.#store = { keyId, imports }
    const stored = imports.read(this.#options.wallClock())
    this.rows.add(stored.filter(({ id }) => !this.rows.get(id)))
  }
}
