import {
  type KeptUpload,
  resumeUpload,
  type UploadFailure,
  type UploadJob,
  type UploadRequest,
  validateUpload,
} from '#app/features/uploads/upload.ts'
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
export function createUploadKeeper({ journal, find, onFound, onKept }: UploadKeeperOptions) {
  let keyId: string | null = null
  let opened: Promise<UploadJournal> | null = null
  /** Rows that may be kept in another way than they are now. */
  let stale = new Set<string>()
  let isKeeping = false
  let isAsked = false

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
    isAsked = true
    // Do not load the journal before the first upload.
    if (isKeeping || (opened === null && ![...stale].some(find))) return
    isKeeping = true
    while (isAsked && keyId !== null) {
      isAsked = false
      onKept(await keepStale(keyId))
    }
    isKeeping = false
  }

  async function keepStale(id: string): Promise<boolean> {
    const ids = stale
    stale = new Set()
    try {
      const journal = await open()
      if (keyId === id) await journal.keep(id, new Map([...ids].map((row) => [row, find(row)])))
      return true
    } catch {
      // They are tried again with the next change.
      if (keyId === id) for (const row of ids) stale.add(row)
      return false
    }
  }

  function note(ids: Iterable<string>) {
    // Whoever connects next is given all rows.
    if (keyId === null) return
    for (const id of ids) stale.add(id)
    if (stale.size > 0) void keep()
  }

  function stop(): string | null {
    const id = keyId
    keyId = null
    stale.clear()
    return id
  }

  return {
    /** Keeps the rows under this key from now on, and recovers what is there. */
    connect(id: string, rows: readonly { id: string }[]) {
      if (keyId === id) return
      keyId = id
      note(rows.map((row) => row.id))
      void recover(id)
    },
    /** Told which rows were added, removed or changed: the only ones that are written. */
    note,
    /** Stops keeping, and leaves what is kept until its account comes back. */
    leave() {
      stop()
      void opened?.then((journal) => journal.leave()).catch(() => {})
    },
    /** Deletes what is kept. */
    async forget() {
      if (stop() !== null) await opened?.then((journal) => journal.forget()).catch(() => {})
    },
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

/** A file that was chosen again, and its path as the file chooser tells it: `a.txt` or `Trip/a.txt`. */
export type FileAgain = { file: File; path: string }

/** Matches files that are added or chosen again with the uploads that a reload interrupted. */
export function createInterruptedUploads() {
  const uploads = new Map<string, KeptUpload>()

  /** For one search through many files. */
  function indexBy(textOf: (kept: KeptUpload) => string) {
    return Map.groupBy(uploads.values(), textOf)
  }

  function take(kept: KeptUpload, file: File, serverTime: number): [string, UploadJob] | null {
    const job = resumeUpload(kept, file, serverTime)
    if ('code' in job) return null
    uploads.delete(kept.id)
    return [kept.id, job]
  }

  /** Prefers the one with the same bytes: two rows may have the same path. */
  function pick(candidates: readonly KeptUpload[], file: File): KeptUpload | undefined {
    const free = candidates.filter(({ id }) => uploads.has(id))
    return free.find((kept) => isSameFile(kept, file)) ?? free[0]
  }

  return {
    uploads,
    /** The job that resumes row `id`, or why the file does not fit; null if the row is not interrupted. */
    match(id: string, file: File, serverTime: number): UploadJob | UploadFailure | null {
      const kept = uploads.get(id)
      if (!kept) return null
      if (file.name.normalize('NFC') !== kept.name) {
        return { code: 'other_file', chosen: file.name }
      }
      return take(kept, file, serverTime)?.[1] ?? null
    },
    /** Finds, of some requests, the jobs that resume rows, by row id; `rest` are new uploads. */
    matcher(serverTime: number) {
      const byPath = indexBy(({ folder, name }) => folder + name)
      return (requests: readonly UploadRequest[]) => {
        const jobs = new Map<string, UploadJob>()
        if (uploads.size === 0) return { jobs, rest: requests }
        const rest = requests.filter((request) => {
          const job = request.refusal ?? validateUpload(request, serverTime)
          if ('code' in job) return true
          const kept = pick(byPath.get(job.folder + job.name) ?? [], request.file)
          const taken = kept && take(kept, request.file, serverTime)
          if (taken) jobs.set(...taken)
          return !taken
        })
        return { jobs, rest }
      }
    },
    /** The jobs that resume rows, by row id, whatever folder they go to. */
    matchChosen(files: readonly FileAgain[], serverTime: number) {
      const jobs = new Map<string, UploadJob>()
      const byName = indexBy(({ name }) => name)
      for (const { file, path } of files) {
        const candidates = (byName.get(file.name.normalize('NFC')) ?? []).filter(
          (kept) => isSameFile(kept, file) && isSamePlace(kept, path.normalize('NFC')),
        )
        const kept = pick(candidates, file)
        const taken = kept && take(kept, file, serverTime)
        if (taken) jobs.set(...taken)
      }
      return jobs
    },
  }
}

/** The folder that was chosen may lie below the one that was dropped, or above it. */
function isSamePlace({ folder, name, path }: KeptUpload, chosenPath: string): boolean {
  const [kept, chosen] = [folder + name, `/${chosenPath}`]
  if (kept.endsWith(chosen) || (folder !== '/' && chosen.endsWith(kept))) return true
  // Where it went, a folder may be around it that this computer does not have.
  return path != null && chosen.endsWith(`/${path.normalize('NFC')}`)
}

function isSameFile({ size, lastModified }: KeptUpload, file: File): boolean {
  return file.size === size && file.lastModified === lastModified
}
