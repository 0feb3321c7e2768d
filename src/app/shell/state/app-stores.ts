import type { QueryClient } from '@tanstack/react-query'
import {
  type CachePatch,
  createQueries,
  type EarlyReads,
  type Queries,
  readEarly,
  refreshFolder,
} from '#app/api/cache/queries.ts'
import { createQueryClient } from '#app/api/cache/query-client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { Connection } from '#app/api/session/session.ts'
import { createFilesViewState, type FilesViewState } from '#app/features/files/folder/view-state.ts'
import {
  createImportDraft,
  type ImportDraftStore,
} from '#app/features/imports/dialog/import-draft.ts'
import { tabStorage } from '#app/lib/browser/storage.ts'
import { forgetPictures } from '#app/lib/kept-pictures.ts'
import { createStore, type ReadableStore } from '#app/lib/store.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { filesHref, readFolderHref } from './folder-href.ts'
import type { TransferSession } from './transfer-queues.ts'
import { createTransfers, type Transfers } from './transfers.ts'

/** Everything that belongs to one connected key. */
export type Session = TransferSession & {
  queries: Queries
  viewState: FilesViewState
}

export type AppStores = {
  queryClient: QueryClient
  transfers: Transfers
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

  const transfers = createTransfers({ session: sessions, findCache })
  const importDraft = createImportDraft()

  function findCache(): CachePatch | null {
    const queries = sessions.getSnapshot()?.queries
    return queries ? { queryClient, queries } : null
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
            connectedAt: gate.now(),
            queries: createQueries({ client, me, readAdditions, early: early.take() }),
            viewState: createFilesViewState(),
          }
    if (me?.key.scopes.includes('read'))
      void rememberReading(() => session === sessions.getSnapshot())
    importDraft.connect(session?.me.username ?? null)
    sessions.set(session)
  }

  connection.subscribe(follow)
  connection.onEnd((reason) => {
    queryClient.clear()
    forgetPictures()
    tabStorage.remove(couldRead)
    if (reason !== 'signed-out') return
    transfers.getSnapshot()?.reset()
    importDraft.reset()
  })

  return {
    queryClient,
    transfers,
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
