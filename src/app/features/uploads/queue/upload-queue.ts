import { createTaskQueue } from '#app/features/uploads/model/task-queue.ts'
import {
  isUnfinished,
  type Upload,
  type UploadRequest,
  type UploadsSnapshot,
} from '#app/features/uploads/model/upload.ts'
import {
  interruptedByReload,
  otherFileChosen,
  tooLarge,
} from '#app/features/uploads/model/upload-failure.ts'
import { createUploadRows } from '#app/features/uploads/model/upload-rows.ts'
import type { UploadConnection } from '#app/features/uploads/send/look-after-cancel.ts'
import { lastAnswerMs, lookAfterCancel } from '#app/features/uploads/send/look-after-cancel.ts'
import type { UploadJob } from '#app/features/uploads/send/send-upload.ts'
import { type RunUpload, runUploadOnDemand } from '#app/features/uploads/send/task-on-demand.ts'
import { browserClock, type Clock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import { createRetryPause, type RetryPause } from '#app/lib/retry.ts'
import { createInterruptedUploads, type FileAgain } from './interrupted-uploads.ts'
import {
  browserJournal,
  createUploadKeeper,
  entryFor,
  type JournalAccess,
  type JournalEntry,
} from './upload-keeper.ts'
import { newRow, resumeFile, validateFile } from './validate-file.ts'

export type UploadQueueOptions = {
  clock?: Clock
  retryPause?: RetryPause
  /** Where what is unfinished is kept over a reload. */
  journal?: JournalAccess
  canRead?: (file: File) => Promise<boolean>
  runUpload?: RunUpload
  /** `upload.arrived` has the name, link and folder that the file got. */
  onUploaded?: (upload: Upload) => void
}

const uploadsAtOnce = 3

/**
 * All uploads of this page: waiting → sending → done | failed | cancelled, three at once. It outlives
 * the session: a refused key pauses it until somebody of the same account connects.
 */
class Queue {
  readonly #parts: UploadQueueOptions
  readonly #clock: Clock
  readonly #retryPause: RetryPause
  readonly #rows
  readonly #line
  /** What is needed to send a row, as long as its file is at hand. */
  readonly #jobs = new Map<string, UploadJob>()
  readonly #interrupted = createInterruptedUploads()
  readonly #keeper
  #connection: UploadConnection | null = null
  #account: string | null = null

  constructor(parts: UploadQueueOptions) {
    this.#parts = parts
    this.#clock = parts.clock ?? browserClock
    this.#retryPause = parts.retryPause ?? createRetryPause({ clock: this.#clock })
    this.#rows = createUploadRows(this.#clock)
    this.#line = createTaskQueue({ places: uploadsAtOnce, run: this.#run })
    this.#keeper = createUploadKeeper({
      journal: parts.journal ?? browserJournal,
      entries: () => this.#entries(),
      onFound: (entries) => this.#showInterrupted(entries),
      onKept: (isKept) => this.#rows.noteKept(isKept),
    })
    let totals = this.getSnapshot().totals
    this.#rows.subscribe(() => {
      // Bytes on the move change nothing that is written down.
      if (totals === this.getSnapshot().totals) return
      totals = this.getSnapshot().totals
      this.#keeper.keep()
    })
  }

  subscribe = (listener: () => void): (() => void) => this.#rows.subscribe(listener)
  getSnapshot = (): UploadsSnapshot => this.#rows.getSnapshot()

  /** A file whose upload a reload interrupted goes on in its row when it is added to its folder again. */
  add(requests: readonly UploadRequest[]): void {
    const { jobs, rest } = this.#interrupted.matchAdded(requests, this.#serverTime())
    this.#resume(jobs)
    const added = rest.map((request) => this.#admit(request))
    this.#rows.add(added)
    this.#line.add(added.filter(isUnfinished).map((row) => row.id))
  }

  /**
   * Ends an upload; an interrupted one, which has no file any more, goes off the list. After its last
   * byte it ends as what is true: `done` where it had arrived.
   */
  cancel(id: string): void {
    const row = this.#rows.get(id)
    if (row?.state === 'interrupted') this.#remove([row])
    else if (row) this.#stop([row])
  }

  /** Ends all that is waiting or being sent, in one step. */
  cancelAll(): void {
    this.#stop(this.#rows.all())
  }

  /** Once more; `file` is needed again for an interrupted upload, whose bytes a reload took away. */
  retry(id: string, file?: File): void {
    const row = this.#rows.get(id)
    if (!row) return
    const entry = this.#interrupted.entries.get(id)
    if (entry && file) this.#readmit(row, entry, file)
    const job = this.#jobs.get(id)
    if (!job || isUnfinished(row) || row.state === 'done') return
    // A cancelled one may have arrived; a failed one was refused and must not get the same answer again.
    if (row.state === 'failed') job.idempotencyKey = randomId()
    this.#resume(new Map([[id, job]]))
  }

  /** Once more all that failed and may be tried again; what is interrupted needs its files: `resume`. */
  retryFailed(): void {
    const failed = this.#rows
      .all()
      .filter(({ state, failure }) => state === 'failed' && failure?.canRetry)
    const jobs = new Map<string, UploadJob>()
    for (const { id } of failed) {
      const job = this.#jobs.get(id)
      if (job) jobs.set(id, Object.assign(job, { idempotencyKey: randomId() }))
    }
    this.#resume(jobs)
  }

  /** Goes on with what is interrupted and whose files these are; how many rows that were. */
  resume(files: readonly FileAgain[]): number {
    const jobs = this.#interrupted.matchChosen(files, this.#serverTime())
    this.#resume(jobs)
    return jobs.size
  }

  /** Takes what failed or was interrupted off the list. */
  dismissAll(): void {
    this.#remove(
      this.#rows.all().filter(({ state }) => state === 'failed' || state === 'interrupted'),
    )
  }

  /** Takes what is done, failed or cancelled off the list. */
  clearFinished(): void {
    this.#remove(
      this.#rows.all().filter((row) => !isUnfinished(row) && row.state !== 'interrupted'),
    )
  }

  /** A connection lets the queue run; null keeps everything and starts nothing more. */
  connect(connection: UploadConnection | null): void {
    if (connection && this.#account !== null && this.#account !== connection.account) {
      this.#keeper.leave()
      this.#forget()
    }
    this.#connection = connection
    if (connection) {
      this.#account = connection.account
      this.#keeper.connect(connection.keyId)
    }
    const canRun = connection?.canUpload === true
    this.#rows.connect(connection, !canRun)
    if (canRun) this.#line.open()
    else this.#line.close()
  }

  /** Signing out on purpose: cancels and forgets everything. */
  reset(): void {
    void this.#keeper.forget()
    this.#forget()
    this.#connection = null
    this.#account = null
    this.#line.close()
  }

  /** What a reload would interrupt: what failed, too, has its file at hand only until then. */
  #entries(): readonly JournalEntry[] {
    return this.#rows.all().flatMap((row) => {
      const job = this.#jobs.get(row.id)
      const isOpen = isUnfinished(row) || row.state === 'failed'
      const entry = isOpen && job ? entryFor(row, job) : this.#interrupted.entries.get(row.id)
      return entry ? [entry] : []
    })
  }

  #serverTime(): number {
    return this.#connection?.serverTime() ?? 0
  }

  #admit(request: UploadRequest): Upload {
    const id = randomId()
    const { file, name, folder } = request
    const place = { id, name, folder, size: file.size }
    const job = request.refusal ?? validateFile(request, this.#serverTime())
    if ('reason' in job) return newRow(place, { state: 'failed', failure: job })
    const row = { ...place, name: job.name, folder: job.folder }
    const maxBytes = this.#connection?.maxBytes ?? Number.POSITIVE_INFINITY
    // Before the first byte: a server that refuses it early would look like a broken connection.
    if (file.size > maxBytes) {
      return newRow(row, { state: 'failed', failure: tooLarge(file.size, maxBytes) })
    }
    this.#jobs.set(id, job)
    return newRow(row)
  }

  #remove(rows: readonly Upload[]): void {
    const removed = new Set(rows.map(({ id }) => id))
    for (const id of removed) {
      this.#interrupted.entries.delete(id)
      this.#jobs.delete(id)
    }
    this.#rows.keep(({ id }) => !removed.has(id))
  }

  #resume(jobs: ReadonlyMap<string, UploadJob>): void {
    if (jobs.size === 0) return
    for (const [id, job] of jobs) this.#jobs.set(id, job)
    this.#rows.changeAll((row) => {
      const job = jobs.get(row.id)
      return job ? newRow({ ...row, size: job.file.size }) : row
    })
    this.#line.add([...jobs.keys()])
  }

  #stop(rows: readonly Upload[]): void {
    const stopped = rows.filter((row) => isUnfinished(row) && !row.isCancelling)
    const unsure = new Map(stopped.filter((row) => this.#isUnsure(row)).map((row) => [row.id, row]))
    const sure = new Set(stopped.map(({ id }) => id).filter((id) => !unsure.has(id)))
    this.#line.remove(...sure)
    this.#rows.changeAll((row) => {
      if (sure.has(row.id)) return newRow(row, { state: 'cancelled' })
      if (!unsure.has(row.id)) return row
      return { ...row, isCancelling: true, note: 'Cancelling: finding out whether it arrived…' }
    })
    for (const { id, state } of unsure.values()) {
      if (state === 'sending') this.#clock.after(lastAnswerMs, () => void this.#look(id))
      else void this.#look(id)
    }
  }

  /** Whether its file may be on the server by now. */
  #isUnsure({ id, state, sentBytes, size }: Upload): boolean {
    const isAllSent = state === 'sending' && sentBytes >= size
    return isAllSent || this.#jobs.get(id)?.mayHaveArrived === true
  }

  /** Ends a cancelled upload whose answer did not come. */
  async #look(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job || !this.#rows.get(id)?.isCancelling) return
    job.mayHaveArrived = true
    this.#line.remove(id)
    const end = await lookAfterCancel(job, this.#connection, this.#clock)
    const row = this.#rows.get(id)
    if (!row?.isCancelling) return
    this.#rows.change(id, newRow(row, end))
    if (end.state === 'done') this.#noteUploaded(newRow(row, end))
  }

  #noteUploaded(upload: Upload): void {
    this.#jobs.delete(upload.id)
    this.#parts.onUploaded?.(upload)
  }

  #readmit(row: Upload, entry: JournalEntry, file: File): void {
    if (file.name.normalize('NFC') !== entry.name) {
      this.#rows.change(row.id, { failure: otherFileChosen(file.name, entry.name) })
      return
    }
    const job = resumeFile(file, entry, this.#serverTime())
    if ('reason' in job) return
    this.#interrupted.entries.delete(row.id)
    this.#jobs.set(row.id, job)
  }

  #run = (id: string, signal: AbortSignal) => {
    const job = this.#jobs.get(id)
    const connection = this.#connection
    if (!job || !connection) return Promise.resolve('over' as const)
    const runUpload = this.#parts.runUpload ?? runUploadOnDemand
    return runUpload({ id, job, signal }, connection, {
      rows: this.#rows,
      clock: this.#clock,
      retryPause: this.#retryPause,
      canRead: this.#parts.canRead,
      shouldYield: () => this.#line.hasWaiting(),
      onSessionLost: (lost) => {
        if (this.#connection === lost) this.connect(null)
      },
      onUploaded: (upload) => this.#noteUploaded(upload),
      onUnsure: (unsure) => void this.#look(unsure),
    })
  }

  #showInterrupted(entries: readonly JournalEntry[]): void {
    const unknown = entries.filter(({ id }) => !this.#rows.get(id))
    for (const entry of unknown) this.#interrupted.entries.set(entry.id, entry)
    this.#rows.add(
      unknown.map((entry) =>
        newRow(entry, { state: 'interrupted', failure: interruptedByReload(entry.name) }),
      ),
    )
  }

  #forget(): void {
    this.#line.clear()
    this.#jobs.clear()
    this.#interrupted.entries.clear()
    this.#rows.keep(() => false)
  }
}

export type { Queue as UploadQueue }

export function createUploadQueue(parts: UploadQueueOptions = {}): Queue {
  return new Queue(parts)
}
