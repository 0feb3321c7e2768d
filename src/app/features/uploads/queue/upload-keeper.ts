import type { KeptUpload } from '#app/features/uploads/upload.ts'
import type { UploadJournal } from './upload-journal.ts'

export type JournalAccess = {
  /** False: no upload was ever written down in this browser, so there is nothing to load for it. */
  isThere(): Promise<boolean>
  open(): Promise<UploadJournal>
}

type UploadKeeperOptions = {
  journal: JournalAccess
  /** What a reload would interrupt. */
  uploads(): readonly KeptUpload[]
  /** What pages that are gone left. */
  onFound(uploads: readonly KeptUpload[]): void
  /** Whether what is unfinished is safe from a reload. */
  onKept(isKept: boolean): void
}

/** Writes down what is unfinished, as soon as it changes; loads what that needs with the first upload. */
export function createUploadKeeper({ journal, uploads, onFound, onKept }: UploadKeeperOptions) {
  let keyId: string | null = null
  let opened: Promise<UploadJournal> | null = null
  let isKeeping = false
  let isStale = false

  function open(): Promise<UploadJournal> {
    opened ??= journal.open().catch((error) => {
      // No network for the code, or no storage: worth another try with the next change.
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
      // There is nothing to tell where nothing can be read; the first upload tells of it.
    }
  }

  async function keep(): Promise<void> {
    isStale = true
    // Until the first upload there is nothing to write, and no code for it.
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
    /** The uploads are written down under this key from now on. */
    connect(id: string) {
      if (keyId === id) return
      keyId = id
      void keep()
      void recover(id)
    },
    keep: () => void keep(),
    /** Leaves what is written down for the day its account comes back. */
    leave() {
      keyId = null
      void opened?.then((journal) => journal.leave()).catch(() => {})
    },
    /** Nothing of it is wanted any more. */
    async forget() {
      const id = keyId
      keyId = null
      if (id !== null) await opened?.then((journal) => journal.keep(id, [])).catch(() => {})
    },
  }
}

const databaseName = 'barkeep-uploads'

/** The journal of this browser. Its code is no part of the first load. */
export const browserJournal: JournalAccess = {
  async isThere() {
    // Where the browser does not list them, only opening tells.
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
