import {
  type ArrivedFile,
  canRetry,
  type KeptUpload,
  newUpload,
  type Upload,
  type UploadConnection,
  type UploadJob,
  type UploadRequest,
} from '#app/features/uploads/upload.ts'
import {
  canPause,
  interruptedRow,
  measureUpload,
  pausedRow,
  uploadSections,
} from '#app/features/uploads/upload-rows.ts'
import { browserClock, type Clock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import { createRetryPause, type RetryPause } from '#app/lib/retry.ts'
import type { TaskEnd } from '#app/lib/transfers/task-queue.ts'
import { TransferQueue } from '#app/lib/transfers/transfer-queue.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-sums.ts'
import { createInterruptedUploads, type FileAgain, keepUpload } from './interrupted-uploads.ts'
import { createOtherTabs } from './other-tabs.ts'
import { createResumption, type Resumed } from './resume-interrupted.ts'
import {
  endParts,
  lastAnswerMs,
  lookAfterAbort,
  replaceOld,
  sendOnDemand,
  type UploadQueueOptions,
} from './upload-connection.ts'
import { type HeldUploads, UploadIntake } from './upload-intake.ts'
import { browserJournal, UploadKeeper } from './upload-keeper.ts'
import { UploadPacks } from './upload-packs.ts'

/** The uploads of this page, in the order they were added; three run at once. */
export class UploadQueue extends TransferQueue<Upload, UploadConnection> {
  readonly #options: UploadQueueOptions
  readonly #clock: Clock
  readonly #retryPause: RetryPause
  /** By row id, as long as the file is at hand. */
  readonly #jobs = new Map<string, UploadJob>()
  readonly #packs
  readonly #interrupted = createInterruptedUploads()
  readonly #keeper
  readonly #intake
  readonly #resumption
  /** What other tabs of the key send. */
  readonly elsewhere

  constructor(options: UploadQueueOptions = {}) {
    const clock = options.clock ?? browserClock
    super({
      ...{ clock, concurrency: 3, sections: uploadSections, measure: measureUpload },
      pausedAs: 'barkeep.paused-uploads',
      ...(options.pausedIn ? { pausedIn: options.pausedIn } : {}),
    })
    this.#options = options
    this.#clock = clock
    this.#retryPause = options.retryPause ?? createRetryPause({ clock })
    this.#keeper = new UploadKeeper({
      journal: options.journal ?? browserJournal,
      find: (id) => this.#findKept(id),
      onFound: (uploads) => this.#showInterrupted(uploads),
      onKept: (isKept) => this.rows.setKept(isKept),
    })
    this.elsewhere = createOtherTabs(this, options.tab)
    const interrupted = this.#interrupted
    const getConnection = () => this.connection
    this.#intake = new UploadIntake({
      ...{ rows: this.rows, jobs: this.#jobs, interrupted, getConnection },
      noteSources: (sources) => this.#keeper.noteSources(sources),
      noteSize: (id) => this.#keeper.note([id]),
      start: (ids) => this.tasks.add(ids),
    })
    this.#packs = new UploadPacks({
      jobs: this.#jobs,
      take: (accept) => this.tasks.take(accept),
      measure: (id) => this.#intake.measure(id),
    })
    this.#resumption = createResumption({
      ...{ interrupted, getConnection, intake: this.#intake },
      findSource: (id) => this.#keeper.findSource(id),
      explain: (ids, failure) => this.rows.changeMany(ids, (row) => ({ ...row, failure })),
    })
  }

  /** For the forecast; null while the queue is paused. */
  get gate() {
    return this.getSnapshot().isPaused ? null : (this.connection?.gate ?? null)
  }

  /** A file that a reload interrupted resumes in its old row when it is added to its folder again. */
  add = (requests: readonly UploadRequest[]): Promise<void> => this.#intake.add(requests)

  /** Lists them as `add` does; they wait until `release`. */
  hold = (requests: readonly UploadRequest[]): Promise<HeldUploads> => this.#intake.hold(requests)

  /** Sends held uploads that still wait. */
  release = (ids: Iterable<string>): void => this.#intake.release(ids)

  /** Takes held uploads off the list, as if they had never been added. */
  discard(ids: Iterable<string>): void {
    const gone = new Set(ids)
    this.onRemove(gone)
    this.rows.remove(gone)
  }

  /** Ends held uploads with the files that are on the server already. */
  settle = (there: ReadonlyMap<string, ArrivedFile>): void => this.#intake.settle(there)

  /** An interrupted upload needs its `file` again: the reload took its bytes away. */
  override retry(id: string, file?: File): void {
    const job = file && this.#interrupted.match(id, file, this.connection?.serverTime() ?? 0)
    if (job && 'code' in job) this.rows.change(id, { failure: job })
    else if (job) this.#jobs.set(id, job)
    super.retry(id)
  }

  /** Resumes the interrupted uploads that these files belong to. */
  resume = (files: readonly FileAgain[]): Promise<Resumed> => this.#resumption.choose(files)

  /** Resumes interrupted uploads with files that the browser can find again, all unless told which. */
  reopen = (ids?: readonly string[]): Promise<Resumed> => this.#resumption.reopen(ids)

  /** Whether the browser may find files of interrupted uploads by itself: of any, or of one. */
  canReopen = (id?: string): boolean => this.#interrupted.canReopen(id)

  protected override canRetry(upload: Upload): boolean {
    return canRetry(upload)
  }

  protected override restart(rows: readonly Upload[]): void {
    const jobs = new Map<string, UploadJob>()
    for (const { id, state } of rows) {
      const job = this.#jobs.get(id)
      if (!job) continue
      // The server would repeat its refusal for the same key. A cancelled file may have arrived: it keeps its key.
      if (state === 'failed') job.idempotencyKey = randomId()
      jobs.set(id, job)
    }
    this.#start(jobs)
  }

  /** Those whose last byte was sent end as `done` if they turn out to have arrived. */
  protected override stop(rows: readonly Upload[]): void {
    const stopped = rows.filter(({ isAborting }) => !isAborting)
    // Their files may already be on the server.
    const mayBeThere = stopped.filter(
      (row) => this.#packs.isAllSent(row) || this.#jobs.get(row.id)?.mayHaveArrived,
    )
    const unsure = new Map(mayBeThere.map((row) => [row.id, row]))
    const sure = new Set(stopped.map(({ id }) => id).filter((id) => !unsure.has(id)))
    this.#end([...sure])
    for (const id of sure) endParts(this.#jobs.get(id), this.connection)
    this.rows.changeMany(sure, (row) => newUpload(row, { state: 'cancelled' }))
    this.rows.changeMany(unsure.keys(), (row) => ({ ...row, isAborting: true, note: 'aborting' }))
    for (const { id, state } of unsure.values()) {
      if (state === 'running') this.#clock.after(lastAnswerMs, () => void this.#look(id))
      else void this.#look(id)
    }
  }

  protected override run(id: string, signal: AbortSignal): Promise<TaskEnd> {
    this.#intake.measure(id)
    const job = this.#jobs.get(id)
    if (!job || !this.connection) return Promise.resolve('over')
    const { canRead, sendUpload = sendOnDemand } = this.#options
    return sendUpload({ id, job, signal }, this.connection, {
      ...{ rows: this.rows, clock: this.#clock, retryPause: this.#retryPause, canRead },
      takeAlong: (accept) => this.#packs.takeAlong(accept),
      putBack: (ids, end) => this.tasks.putBack(ids, end),
      onPack: (ids, pack) => this.#packs.note(ids, pack),
      shouldYield: () => this.tasks.hasWaiting(),
      onSessionLost: (lost) => {
        if (this.connection === lost) this.connect(null)
      },
      onUploaded: (upload) => this.#noteUploaded(upload),
      onUnsure: (unsure) => void this.#look(unsure),
      onAddress: () => this.#keeper.note([id]),
    })
  }

  /** What waits for its turn or for the connection waits here, and what can go on later; the rest goes on now. */
  protected override onPause(): void {
    const begun = [...new Set([...this.tasks.running(), ...this.#packs.ids])]
    const back = begun.filter((id) => canPause(this.rows.get(id), this.#jobs.get(id)))
    this.#end(back)
    this.rows.changeMany(back, pausedRow)
    this.tasks.putBack(back, 'first')
  }

  /** Pauses one that loses nothing by it, until `startNext` or `goOn`; the others go ahead. */
  pauseOne(id: string): void {
    if (!canPause(this.rows.get(id), this.#jobs.get(id))) return
    this.#end([id])
    this.#intake.setAside(id)
  }

  override goOn(): void {
    this.#intake.wake()
    super.goOn()
  }

  protected override onNext(ids: readonly string[]): void {
    this.#intake.wake(ids)
    super.onNext(ids)
  }

  protected override onConnect({ keyId }: UploadConnection): void {
    this.#packs.reset()
    this.elsewhere.open(keyId)
    this.#keeper.connect(keyId, this.rows.all())
  }

  protected override onStates(ids: Iterable<string>): void {
    this.#keeper.note(ids)
  }

  protected override onRemove(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      endParts(this.#jobs.get(id) ?? this.#interrupted.uploads.get(id), this.connection)
      this.#interrupted.uploads.delete(id)
      this.#jobs.delete(id)
    }
    this.#intake.letGo(ids)
  }

  protected override onDisconnect(): void {
    this.elsewhere?.close()
  }

  protected override onForget(isSignedOut: boolean): void {
    if (isSignedOut) void this.#keeper.forget()
    else this.#keeper.leave()
    this.#jobs.clear()
    this.#intake.forget()
    this.#interrupted.uploads.clear()
  }

  /** Failed uploads too: a reload takes their files away as well. */
  #findKept(id: string): KeptUpload | null {
    const [row, job] = [this.rows.get(id), this.#jobs.get(id)]
    const isOpen = row && (isUnfinished(row) || row.state === 'failed')
    return isOpen && job ? keepUpload(row, job) : (this.#interrupted.uploads.get(id) ?? null)
  }

  /** How many requests uploads that wait will take, `bytes` in all. */
  requestsFor = (files: number, bytes: number): number => this.#packs.requestsFor(files, bytes)

  /** Ends tasks that wait or run; those that run with others leave them. */
  #end(ids: readonly string[]): void {
    const packs = this.#packs.of(ids)
    this.tasks.remove(ids)
    this.#intake.letGo(ids)
    for (const pack of packs) pack.leave(ids)
  }

  #start(jobs: ReadonlyMap<string, UploadJob>): void {
    this.#intake.place(jobs)
    this.#intake.letGo(jobs.keys())
    this.tasks.add([...jobs.keys()])
  }

  /** Finds out what became of an aborted upload that got no answer. */
  async #look(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job || !this.rows.get(id)?.isAborting) return
    job.mayHaveArrived = true
    this.#end([id])
    const end = await lookAfterAbort(job, this.connection, this.#clock)
    const row = this.rows.get(id)
    if (!row?.isAborting) return
    this.rows.change(id, newUpload(row, end))
    if (end.note === 'not_there') endParts(job, this.connection)
    if (end.state === 'done') this.#noteUploaded(newUpload(row, end))
  }

  #noteUploaded(upload: Upload): void {
    const job = this.#jobs.get(upload.id)
    this.#jobs.delete(upload.id)
    if (job?.replaces && this.connection) void this.#replaceOld(upload, job, this.connection)
    else this.#options.onUploaded?.(upload)
  }

  async #replaceOld(upload: Upload, job: UploadJob, connection: UploadConnection): Promise<void> {
    const change = await replaceOld(upload, job, connection)
    this.rows.change(upload.id, change)
    this.#options.onUploaded?.({ ...upload, ...change })
  }

  #showInterrupted(uploads: readonly KeptUpload[]): void {
    const unknown = uploads.filter(({ id }) => !this.rows.get(id))
    for (const kept of unknown) this.#interrupted.uploads.set(kept.id, kept)
    this.rows.add(unknown.map(interruptedRow))
  }
}
