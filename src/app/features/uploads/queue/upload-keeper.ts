import type { KeptUpload } from '#app/features/uploads/upload.ts'
import type { UploadJournal } from './upload-journal.ts'

export type JournalAccess = {
  /** False if this browser has never kept an upload, so that nothing needs to be loaded. */
  isThere(): Promise<boolean>
  open(): Promise<UploadJournal>
}

type UploadKeeperOptions = {
  journal: JournalAccess
  /** What to keep. */
  uploads(): readonly KeptUpload[]
  /** Told of what pages that are gone left. */
  onFound(uploads: readonly KeptUpload[]): void
  /** Told whether everything is safe from a reload. */
  onKept(isKept: boolean): void
}

/** Keeps unfinished uploads in the journal, which is loaded with the first upload. */
export function createUploadKeeper({ journal, uploads, onFound, onKept }: UploadKeeperOptions) {
  let keyId: string | null = null
  let opened: Promise<UploadJournal> | null = null
  let isKeeping = false
  let isStale = false

  function open(): Promise<UploadJournal> {
    opened ??= journal.open().catch((error) => {
      // The code did not load, or there is no storage: try again with the next change.
      opened = null
      throw error
    })
    return opened
  }

  async function recover(id: string) {
    try {
      if (!(await journal.isThere())) return
      const found = (left: readonly KeptUpload[]) => {
        if (keyId === id) onFound(left)
      }
      await (await open()).recover(id, found)
    } catch {
      // Nothing to recover. If there is no storage, the first upload says so.
    }
  }

  async function keep(): Promise<void> {
    isStale = true
    // Do not load the journal before the first upload.
    if (isKeeping || (opened === null && uploads().length === 0)) return
    isKeeping = true
    while (isStale && keyId !== null) {
      isStale = false
      onKept(await keepOnce())
    }
    isKeeping = false
  }

  async function keepOnce(): Promise<boolean> {
    try {
      const journal = await open()
      if (keyId !== null) await journal.keep(keyId, uploads())
      return true
    } catch {
      return false
    }
  }

  return {
    /** Keeps the uploads under this key from now on, and recovers what is there. */
    connect(id: string) {
      if (keyId === id) return
      keyId = id
      void keep()
      void recover(id)
    },
    keep: () => void keep(),
    /** Stops keeping, and leaves what is kept until its account comes back. */
    leave() {
      keyId = null
      void opened?.then((journal) => journal.leave()).catch(() => {})
    },
    /** Deletes what is kept. */
    async forget() {
      const id = keyId
      keyId = null
      if (id !== null) await opened?.then((journal) => journal.keep(id, [])).catch(() => {})
    },
  }
}

const databaseName = 'barkeep-uploads'

/** The journal of this browser, loaded on demand. */
export const browserJournal: JournalAccess = {
  async isThere() {
    // Some browsers do not list databases; then only opening tells.
    const all = await indexedDB.databases?.()
    return all?.some(({ name }) => name === databaseName) ?? true
  },
  async open() {
    const [{ openUploadJournal }, { pageClaims }] = await Promise.all([
      import('./upload-journal.ts'),
      import('#app/api/tabs/page-claims.ts'),
    ])
    return await openUploadJournal(databaseName, pageClaims())
  },
}
