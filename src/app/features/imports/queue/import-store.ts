import { type ImportJob, importJob, isUnfinished } from './import-job.ts'

/** Web storage, or a stand-in for it. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** What all tabs of this browser share; null where it refuses. */
export function sharedStorage(): TextStorage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

const finishedKeptMs = 7 * 86_400_000

/**
 * The imports of one key by its public id, each under a name of its own so that tabs do not undo each
 * other's changes. Where storage is missing or full, imports last as long as the page.
 */
export function openImportStore(storage: TextStorage | null, keyId: string) {
  const prefix = `barkeep.imports.${keyId}.`

  function remove(id: string) {
    try {
      storage?.removeItem(prefix + id)
    } catch {
      // Forbidden since the page was opened.
    }
  }

  return {
    /** Everything that is stored, the newest first; what ended a week ago goes. */
    read(now: number): ImportJob[] {
      const jobs: ImportJob[] = []
      for (const name of storedNames(storage, prefix)) {
        const job = parseJob(storage?.getItem(name) ?? '')
        const isKept = job && (isUnfinished(job) || now - job.addedAt < finishedKeptMs)
        if (isKept) jobs.push(job)
        else storage?.removeItem(name)
      }
      return jobs.sort((a, b) => b.addedAt - a.addedAt)
    },
    /** False where there is no room: the row lives in this page alone. */
    write(job: ImportJob): boolean {
      try {
        storage?.setItem(prefix + job.id, JSON.stringify(job))
        return storage !== null
      } catch {
        return false
      }
    },
    remove,
  }
}

export type ImportStore = ReturnType<typeof openImportStore>

function storedNames(storage: TextStorage | null, prefix: string): string[] {
  const names: string[] = []
  for (let index = 0; index < (storage?.length ?? 0); index += 1) {
    const name = storage?.key(index)
    if (name?.startsWith(prefix)) names.push(name)
  }
  return names
}

function parseJob(text: string): ImportJob | null {
  try {
    return importJob.parse(JSON.parse(text))
  } catch {
    return null
  }
}
