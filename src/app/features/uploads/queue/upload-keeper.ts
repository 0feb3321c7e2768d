import type { FileSource, KeptUpload } from '#app/features/uploads/upload.ts'
import { eachInSlices } from '#app/lib/browser/slices.ts'
import { mayKeepUploads, uploadsDatabase } from '#app/lib/transfers/kept-transfers.ts'
import type { UploadJournal } from './upload-journal.ts'

export type JournalAccess = {
  /** False if this browser has never kept an upload, so that nothing needs to be loaded. */
  isThere(): Promise<boolean>
  open(): Promise<UploadJournal>
}

type UploadKeeperOptions = {
  journal: JournalAccess
  /** What to keep of a row now; null for nothing. */
  find(id: string): KeptUpload | null
  /** Told of what pages that are gone left. */
  onFound(uploads: readonly KeptUpload[]): void
  /** Told whether everything is safe from a reload. */
  onKept(isKept: boolean): void
}

/** Keeps unfinished uploads in the journal, which is loaded with the first upload. */
export class UploadKeeper {
  readonly #options: UploadKeeperOptions
  #keyId: string | null = null
  #opened: Promise<UploadJournal> | null = null
  /** Rows that may be kept in another way than they are now. */
  #stale = new Set<string>()
  /** What was dropped and is not kept yet. */
  #sources = new Map<string, FileSource>()
  /** Something was to be kept: the journal is not loaded before. */
  #isNeeded = false
  #isKeeping = false
  #isAsked = false

  constructor(options: UploadKeeperOptions) {
    this.#options = options
  }

  /** Keeps the rows under this key from now on, and recovers what is there. */
  connect(keyId: string, rows: readonly { id: string }[]): void {
    if (this.#keyId === keyId) return
    this.#keyId = keyId
    this.note(rows.map((row) => row.id))
    void this.#recover(keyId)
  }

  /** Told what was dropped, before the rows of its files are added. */
  noteSources(dropped: Iterable<FileSource>): void {
    if (this.#keyId === null) return
    for (const source of dropped) this.#sources.set(source.id, source)
  }

  /** What was dropped, by the id it was kept under; null where it is not there any more. */
  async findSource(id: string): Promise<FileSystemHandle | null> {
    try {
      return await (await this.#open()).findSource(id)
    } catch {
      return null
    }
  }

  /** Told which rows were added, removed or changed: the only ones that are written. */
  note(ids: Iterable<string>): void {
    // Whoever connects next is given all rows.
    if (this.#keyId === null) return
    for (const id of ids) {
      this.#stale.add(id)
      // Asked of what is new alone: thousands may wait until their sizes are known.
      this.#isNeeded ||= this.#options.find(id) !== null
    }
    if (this.#stale.size > 0) void this.#keep()
  }

  /** Stops keeping, and leaves what is kept until its account comes back. */
  leave(): void {
    this.#stop()
    void this.#opened?.then((journal) => journal.leave()).catch(() => {})
  }

  /** Deletes what is kept. */
  async forget(): Promise<void> {
    if (this.#stop() === null) return
    await this.#opened?.then((journal) => journal.forget()).catch(() => {})
  }

  #stop(): string | null {
    const keyId = this.#keyId
    this.#keyId = null
    this.#stale.clear()
    this.#sources.clear()
    return keyId
  }

  #open(): Promise<UploadJournal> {
    this.#opened ??= this.#options.journal.open().catch((error) => {
      // The code did not load, or there is no storage: try again with the next change.
      this.#opened = null
      throw error
    })
    return this.#opened
  }

  async #recover(keyId: string): Promise<void> {
    const { journal, onFound } = this.#options
    try {
      if (!(await journal.isThere())) return
      const opened = await this.#open()
      await opened.recover(keyId, (left) => {
        if (this.#keyId === keyId) onFound(left)
      })
    } catch {
      // Nothing to recover. If there is no storage, the first upload says so.
    }
  }

  async #keep(): Promise<void> {
    const { onKept } = this.#options
    this.#isAsked = true
    if (this.#isKeeping || (this.#opened === null && !this.#isNeeded)) return
    this.#isKeeping = true
    while (this.#isAsked && this.#keyId !== null) {
      this.#isAsked = false
      onKept(await this.#keepStale(this.#keyId))
    }
    this.#isKeeping = false
  }

  async #keepStale(keyId: string): Promise<boolean> {
    const ids = this.#stale
    this.#stale = new Set()
    try {
      const journal = await this.#open()
      const rows = new Map<string, KeptUpload | null>()
      // In slices: each File is asked when it was changed, which takes another process.
      await eachInSlices(ids, (id) => rows.set(id, this.#options.find(id)))
      if (this.#keyId === keyId) await journal.keep(keyId, rows)
      // Last: without them the rows are still there, to be found by hand.
      await this.#keepSources(journal, keyId)
      return true
    } catch {
      // They are tried again with the next change.
      if (this.#keyId === keyId) for (const id of ids) this.#stale.add(id)
      return false
    }
  }

  async #keepSources(journal: UploadJournal, keyId: string): Promise<void> {
    if (this.#keyId !== keyId || this.#sources.size === 0) return
    const sources = [...this.#sources.values()]
    this.#sources.clear()
    await journal.keepSources(keyId, sources)
  }
}

/** The journal of this browser, loaded on demand. */
export const browserJournal: JournalAccess = {
  isThere: mayKeepUploads,
  async open() {
    const [{ openUploadJournal }, { pageClaims }] = await Promise.all([
      import('./upload-journal.ts'),
      import('#app/api/tabs/page-claims.ts'),
    ])
    return await openUploadJournal(uploadsDatabase, pageClaims())
  },
}
