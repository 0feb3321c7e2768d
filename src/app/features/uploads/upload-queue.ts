import { browserClock, type Clock } from '#app/lib/clock.ts'
import { randomId } from '#app/lib/random-id.ts'
import { createRetryPause, type RetryPause } from '#app/lib/retry-pause.ts'
import { admitFile, newRow, readmitFile } from './admit-file.ts'
import type { UploadJob } from './send-upload.ts'
import { isUnfinished, type Upload, type UploadRequest, type UploadsSnapshot } from './upload.ts'
import type { UploadConnection } from './upload-connection.ts'
import { interruptedByReload, otherFileChosen, tooLarge } from './upload-failure.ts'
import {
  entryFor,
  type JournalEntry,
  openUploadJournal,
  type TextStorage,
  type UploadJournal,
} from './upload-journal.ts'
import { createUploadLine } from './upload-line.ts'
import { createUploadRows } from './upload-rows.ts'
import { takeTurn } from './upload-turn.ts'

export type UploadQueueParts = {
  clock?: Clock
  retryPause?: RetryPause
  /** Where the journal is kept for a reload: this tab's own storage, null where there is none. */
  storage?: TextStorage | null
  canRead?: (file: File) => Promise<boolean>
  /** `upload.arrived` has the name, link and folder that the file got. */
  onUploaded?: (upload: Upload) => void
}

const uploadsAtOnce = 3
const journalIntervalMs = 1_000

/**
 * All uploads of this page: waiting → sending → done | failed | cancelled, three at once. It outlives
 * the session: a refused key pauses it until somebody of the same account connects.
 */
class Queue {
  readonly #parts: UploadQueueParts
  readonly #clock: Clock
  readonly #retryPause: RetryPause
  readonly #storage: TextStorage | null
  readonly #rows
  readonly #line
  /** What is needed to send a row, as long as its file is at hand. */
  readonly #jobs = new Map<string, UploadJob>()
  /** What is known of a row whose file a reload took away. */
  readonly #interrupted = new Map<string, JournalEntry>()
  #connection: UploadConnection | null = null
  #account: string | null = null
  #journal: { keyId: string; pages: UploadJournal } | null = null
  #cancelSave: (() => void) | null = null

  constructor(parts: UploadQueueParts) {
    this.#parts = parts
    this.#clock = parts.clock ?? browserClock
    this.#retryPause = parts.retryPause ?? createRetryPause({ after: this.#clock.after })
    this.#storage = parts.storage === undefined ? tabStorage() : parts.storage
    this.#rows = createUploadRows(this.#clock)
    this.#line = createUploadLine({ places: uploadsAtOnce, run: this.#run })
    let totals = this.getSnapshot().totals
    this.#rows.subscribe(() => {
      // Bytes on the move change nothing that is written down.
      if (totals === this.getSnapshot().totals) return
      totals = this.getSnapshot().totals
      this.#cancelSave ??= this.#clock.after(journalIntervalMs, this.save)
    })
  }

  subscribe = (listener: () => void): (() => void) => this.#rows.subscribe(listener)
  getSnapshot = (): UploadsSnapshot => this.#rows.getSnapshot()

  add(requests: readonly UploadRequest[]): void {
    const added = requests.map((request) => this.#admit(request))
    this.#rows.add(added)
    this.#line.add(added.filter(isUnfinished).map((row) => row.id))
  }

  /** Ends an upload; an interrupted one, which has no file any more, goes off the list. */
  cancel(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    // Without its file there is nothing to come back to.
    if (this.#interrupted.delete(id)) this.#rows.keep((other) => other.id !== id)
    if (!isUnfinished(row)) return
    this.#rows.change(id, this.#cancelled(row))
    this.#line.remove(id)
  }

  /** Ends all that is waiting or being sent, in one step. */
  cancelAll(): void {
    this.#line.clear()
    this.#rows.changeAll((row) => (isUnfinished(row) ? this.#cancelled(row) : row))
  }

  /** Once more; `file` is needed again for an interrupted upload, whose bytes a reload took away. */
  retry(id: string, file?: File): void {
    const row = this.#rows.get(id)
    if (!row) return
    const entry = this.#interrupted.get(id)
    if (entry && file) this.#readmit(row, entry, file)
    const job = this.#jobs.get(id)
    if (!job || isUnfinished(row) || row.state === 'done') return
    // A cancelled one may have arrived; a failed one was refused and must not get the same answer again.
    if (row.state === 'failed') job.idempotencyKey = randomId()
    this.#rows.change(id, newRow({ ...row, size: job.file.size }))
    this.#line.add([id])
  }

  /** Takes what is done, failed or cancelled off the list. */
  clearFinished(): void {
    this.#rows.keep((row) => isUnfinished(row) || row.state === 'interrupted')
    for (const id of this.#jobs.keys()) if (!this.#rows.get(id)) this.#jobs.delete(id)
  }

  /** A connection lets the queue run; null keeps everything and starts nothing more. */
  connect(connection: UploadConnection | null): void {
    if (connection && this.#account !== null && this.#account !== connection.account) {
      // The journal stays, for the day its account comes back to this tab.
      this.#journal = null
      this.#forget()
    }
    this.#connection = connection
    if (connection) {
      this.#account = connection.account
      this.#openJournal(connection.keyId)
    }
    const canRun = connection?.canUpload === true
    this.#rows.connect(connection, !canRun)
    if (canRun) this.#line.open()
    else this.#line.close()
  }

  /** Signing out on purpose: cancels and forgets everything. */
  reset(): void {
    this.#forget()
    this.save()
    this.#connection = null
    this.#account = null
    this.#journal = null
    this.#line.close()
  }

  /** Writes down what a reload would interrupt; also done by itself, a second after a change. */
  save = (): void => {
    this.#cancelSave?.()
    this.#cancelSave = null
    const entries = this.#rows.all().flatMap((row) => {
      const job = this.#jobs.get(row.id)
      const entry = isUnfinished(row) && job ? entryFor(row.id, job) : this.#interrupted.get(row.id)
      return entry ? [entry] : []
    })
    this.#journal?.pages.write(entries)
  }

  #admit(request: UploadRequest): Upload {
    const id = randomId()
    const { file, name, folder } = request
    const place = { id, name, folder, size: file.size }
    const job = request.refusal ?? admitFile(request, this.#connection?.serverTime() ?? 0)
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

  #cancelled(row: Upload): Upload {
    const job = this.#jobs.get(row.id)
    // Its answer will not be heard any more.
    if (job && row.state === 'sending' && row.sentBytes >= row.size) job.mayHaveArrived = true
    return newRow(row, { state: 'cancelled' })
  }

  #readmit(row: Upload, entry: JournalEntry, file: File): void {
    if (file.name.normalize('NFC') !== entry.name) {
      this.#rows.change(row.id, { failure: otherFileChosen(file.name, entry.name) })
      return
    }
    const job = readmitFile(file, entry, this.#connection?.serverTime() ?? 0)
    if ('reason' in job) return
    this.#interrupted.delete(row.id)
    this.#jobs.set(row.id, job)
  }

  #run = (id: string, signal: AbortSignal) => {
    const job = this.#jobs.get(id)
    const connection = this.#connection
    if (!job || !connection) return Promise.resolve('over' as const)
    return takeTurn({ id, job, signal }, connection, {
      rows: this.#rows,
      clock: this.#clock,
      retryPause: this.#retryPause,
      canRead: this.#parts.canRead ?? canReadFile,
      shouldYield: () => this.#line.hasWaiting(),
      onSessionLost: (lost) => {
        if (this.#connection === lost) this.connect(null)
      },
      onUploaded: (upload) => {
        this.#jobs.delete(id)
        this.#parts.onUploaded?.(upload)
      },
    })
  }

  /** Shows what a reload interrupted; another key of the same account takes its own journal over. */
  #openJournal(keyId: string): void {
    if (this.#journal?.keyId === keyId) return
    this.#journal?.pages.write([])
    const pages = openUploadJournal(this.#storage, keyId)
    this.#journal = { keyId, pages }
    const entries = pages.read().filter(({ id }) => !this.#rows.get(id))
    for (const entry of entries) this.#interrupted.set(entry.id, entry)
    this.#rows.add(
      entries.map((entry) =>
        newRow(entry, { state: 'interrupted', failure: interruptedByReload(entry.name) }),
      ),
    )
  }

  #forget(): void {
    this.#line.clear()
    this.#jobs.clear()
    this.#interrupted.clear()
    this.#rows.keep(() => false)
  }
}

export type { Queue as UploadQueue }

export function createUploadQueue(parts: UploadQueueParts = {}): Queue {
  return new Queue(parts)
}

/** Kept over a reload, not over a closed tab; null where the browser refuses it. */
function tabStorage(): TextStorage | null {
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}

async function canReadFile(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}
