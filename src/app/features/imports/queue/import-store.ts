import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import type { TextStorage } from '#app/lib/storage.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'
import { type ImportJob, restoreImport, storeImport } from './import-job.ts'

const finishedKeptMs = 7 * 86_400_000

/**
 * The stored imports of the key with this public id. Each has an item of its own, so that tabs do not undo
 * each other's changes.
 */
export function openImportStore(storage: TextStorage, keyId: string) {
  const prefix = `barkeep.imports.${keyId}.`

  return {
    /** All stored imports, the newest first. Deletes those that ended a week ago. `now` in epoch ms. */
    read(now: number): ImportJob[] {
      const jobs: ImportJob[] = []
      for (const name of storage.names().filter((stored) => stored.startsWith(prefix))) {
        const job = parseJob(storage.get(name) ?? '')
        const isKept = job && (isUnfinished(job) || now - job.addedAt < finishedKeptMs)
        if (isKept) jobs.push(job)
        else storage.remove(name)
      }
      return jobs.sort((a, b) => b.addedAt - a.addedAt)
    },
    /** False if there is no room: then the import lasts as long as the page. */
    write: (job: ImportJob) => storage.set(prefix + job.id, JSON.stringify(storeImport(job))),
    remove: (id: string) => storage.remove(prefix + id),
  }
}

export type ImportStore = ReturnType<typeof openImportStore>

function parseJob(text: string): ImportJob | null {
  try {
    return restoreImport(JSON.parse(text))
  } catch {
    return null
  }
}

export type OpenClaims = () => Promise<Pick<PageClaims, 'show' | 'claim'>>

/** If the code cannot be loaded every page counts as alive, so that nothing is started twice. */
export const browserClaims: OpenClaims = async () => {
  try {
    return (await import('#app/api/tabs/page-claims.ts')).pageClaims()
  } catch {
    return { show: async () => {}, claim: async () => false }
  }
}
