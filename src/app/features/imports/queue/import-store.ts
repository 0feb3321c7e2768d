import type { PageClaims } from '#app/api/tabs/page-claims.ts'
import type { TextStorage } from '#app/lib/storage.ts'
import { isUnfinished } from '#app/lib/transfers/transfer-rows.ts'
import { type ImportJob, restoreImport, storeImport } from './import-job.ts'

const finishedKeptMs = 7 * 86_400_000

/**
 * The imports of one key by its public id, each under a name of its own so that tabs do not undo each
 * other's changes. Where storage is missing or full, imports last as long as the page.
 */
export function openImportStore(storage: TextStorage, keyId: string) {
  const prefix = `barkeep.imports.${keyId}.`

  return {
    /** Everything that is stored, the newest first; what ended a week ago goes. */
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
    /** False where there is no room: the row lives in this page alone. */
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

/** Without its code (no network for it) every page counts as alive: nothing is begun twice. */
export const browserClaims: OpenClaims = async () => {
  try {
    return (await import('#app/api/tabs/page-claims.ts')).pageClaims()
  } catch {
    return { show: async () => {}, claim: async () => false }
  }
}
