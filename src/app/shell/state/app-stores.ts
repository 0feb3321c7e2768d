import type { QueryClient } from '@tanstack/react-query'
import {
  addFolderToTree,
  type CachePatch,
  createQueries,
  type EarlyReads,
  type Queries,
  readEarly,
  reconcileFolder,
  refreshFolder,
} from '#app/api/cache/queries.ts'
import { createQueryClient } from '#app/api/cache/query-client.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Connection } from '#app/api/session/session.ts'
import { createFilesViewState, type FilesViewState } from '#app/features/files/folder/view-state.ts'
import {
  createImportDraft,
  type ImportDraftStore,
} from '#app/features/imports/dialog/import-draft.ts'
import type { ImportConnection, ImportJob } from '#app/features/imports/queue/import-job.ts'
import { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import { connectUploads } from '#app/features/uploads/queue/upload-connection.ts'
import { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import { tabStorage } from '#app/lib/browser/storage.ts'
import { browserClock } from '#app/lib/clock.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import { tell } from '#app/ui/announcer.tsx'
import type { Me } from '#contract/account.ts'
import type { FolderPath } from '#contract/folder-path.ts'

import type { Sums } from './announce-totals.ts'
import { filesHref, readFolderHref } from './folder-href.ts'
import { createArrivals, readFolder } from './show-arrivals.ts'

/** Everything that belongs to one connected key. */
export type Session = {
  me: Me
  client: ApiClient
  gate: RateLimitGate
  queries: Queries
  viewState: FilesViewState
}

export type AppStores = {
  queryClient: QueryClient
  uploads: UploadQueue
  imports: ImportQueue
  importDraft: ImportDraftStore
  /** Null while nobody is connected. */
  session: ReadableStore<Session | null>
  /**
   * Asks for a folder's first page anew, because a person wants to see what is new, and for the tree:
   * at once where it is in sight, else when it comes in sight. Throws what the folder's call throws.
   */
  refresh(folder: FolderPath): Promise<void>
}

/**
 * What lives longer than any screen: the cache and the queues. A refused key pauses the queues until
 * somebody of the same account connects; signing out empties them.
 */
export function createAppStores(connection: Connection): AppStores {
  const queryClient = createQueryClient()
  const sessions = createStore<Session | null>(null)

  const arrivals = createArrivals(findCache)
  const uploads = new UploadQueue({ onUploaded: ({ arrived }) => arrived && arrivals.add(arrived) })
  const imports = new ImportQueue({ onImported: showImported })
  const importDraft = createImportDraft()

  function findCache(): CachePatch | null {
    const queries = sessions.getSnapshot()?.queries
    return queries ? { queryClient, queries } : null
  }

  function showImported(job: ImportJob) {
    const folder = readFolder(job.folder ?? (job.options.folder || '/'))
    const patch = findCache()
    if (!patch || !folder) return
    void addFolderToTree(patch, folder).catch(() => {})
    // A failure is shown when the folder is opened; the import itself is done.
    void reconcileFolder(patch, folder).catch(() => {})
  }

  const early = watchRestores(connection)

  function follow() {
    const { me, client, gate } = connection.getSnapshot()
    if (client === (sessions.getSnapshot()?.client ?? null)) return
    const session =
      me === null
        ? null
        : {
            me,
            client,
            gate,
            queries: createQueries({ client, me, readAdditions, early: early.take() }),
            viewState: createFilesViewState(),
          }
    if (me?.key.scopes.includes('read'))
      void rememberReading(() => session === sessions.getSnapshot())
    importDraft.connect(session?.me.username ?? null)
    uploads.connect(session && connectUploads(session))
    imports.connect(session && connectImports(session))
    sessions.set(session)
  }

  tellOf('uploaded', uploads)
  tellOf('imported', imports)
  connection.subscribe(follow)
  connection.onEnd((reason) => {
    arrivals.forget()
    queryClient.clear()
    tabStorage.remove(couldRead)
    if (reason !== 'signed-out') return
    uploads.reset()
    imports.reset()
    importDraft.reset()
  })

  return {
    queryClient,
    uploads,
    imports,
    importDraft,
    session: sessions,
    async refresh(folder) {
      const patch = findCache()
      if (!patch) return
      void queryClient.invalidateQueries({ queryKey: patch.queries.tree().queryKey })
      await refreshFolder(patch, folder)
    },
  }
}

/**
 * Asks for what the first screen shows while a reload still asks whose key it is. Only where the key could
 * read before: what it may not is not tried.
 */
function watchRestores(connection: Connection) {
  let early: EarlyReads | undefined
  connection.onRestore((client) => {
    const { pathname } = location
    const folder = readFolderHref(pathname === '/' ? filesHref : pathname)
    const additions = tabStorage.get(couldRead)
    if (!folder || additions === null) return
    early = readEarly({ client, readAdditions: async () => additions.split(' ') }, folder)
  })
  return {
    take() {
      const taken = early
      early = undefined
      return taken
    },
  }
}

/** For the next reload, which does not wait to be told what the server can do. */
async function rememberReading(isStill: () => boolean): Promise<void> {
  const additions = await readAdditions()
  if (isStill()) tabStorage.set(couldRead, additions.join(' '))
}

const couldRead = 'barkeep.could-read'
const readAdditions = async () => (await serverDescription.read())?.additions ?? []

/** What the import queue needs of a session. */
function connectImports({ me, client }: Session): ImportConnection {
  return {
    account: me.username,
    keyId: me.key.id,
    isAllowed: me.key.scopes.includes('import'),
    client,
  }
}

/** Tells by sums how a queue gets on, from the first transfer on: the code for it is not needed before. */
function tellOf(
  verb: string,
  queue: { getSnapshot(): { totals: Sums }; subscribe(listener: () => void): () => void },
): void {
  let before = queue.getSnapshot().totals
  const stop = queue.subscribe(() => {
    const { totals } = queue.getSnapshot()
    if (totals.unfinished === 0) {
      before = totals
      return
    }
    stop()
    const { subscribe } = queue
    const getSums = () => queue.getSnapshot().totals
    // Without a network for the code nothing is told; the rows say it all.
    import('./announce-totals.ts').then(
      ({ tellSums }) => tellSums({ verb, before, getSums, subscribe, clock: browserClock, tell }),
      () => {},
    )
  })
}
