import { findGaps } from '#app/api/cache/listing.ts'
import {
  addFolderToTree,
  type CachePatch,
  cachedListings,
  reconcileFolder,
} from '#app/api/cache/queries.ts'
import type { RateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { accessFromScopes } from '#app/api/http/api-key-text.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { ImportConnection, ImportJob } from '#app/features/imports/queue/import-job.ts'
import { ImportQueue } from '#app/features/imports/queue/import-queue.ts'
import { broughtText } from '#app/features/uploads/before/before-text.ts'
import {
  type BringServer,
  BringUploads,
  type Brought,
} from '#app/features/uploads/before/bring-uploads.ts'
import type { FolderReader } from '#app/features/uploads/before/list-folders.ts'
import { connectUploads } from '#app/features/uploads/queue/upload-connection.ts'
import { UploadQueue } from '#app/features/uploads/queue/upload-queue.ts'
import type { EndNotice } from '#app/lib/browser/end-notice.ts'
import { browserClock } from '#app/lib/clock.ts'
import type { ReadableStore } from '#app/lib/store.ts'
import { announce, tell } from '#app/ui/announcer.tsx'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import { type Sums, tellSums } from './announce-totals.ts'
import { createArrivals, readFolder } from './show-arrivals.ts'
import { showProgress } from './show-progress.ts'

export type TransferSession = {
  me: Me
  client: ApiClient
  gate: RateLimitGate
  /** When `me` came, by the gate's clock. */
  connectedAt: number
}

export type TransferQueuesOptions = {
  /** Null while nobody is connected. */
  session: ReadableStore<TransferSession | null>
  /** Null while nobody is connected. */
  findCache(): CachePatch | null
}

export type TransferQueues = {
  uploads: UploadQueue
  /** What happens to uploads before the queue sends them. */
  bringing: BringUploads
  imports: ImportQueue
  /** Tells of the end of either where the page is hidden. */
  notice: EndNotice
  reset(): void
}

/**
 * The queues, on the key that is connected now and on those that follow. Load it on demand: most screens
 * are opened to look.
 */
export function createTransferQueues({
  session,
  findCache,
}: TransferQueuesOptions): TransferQueues {
  const arrivals = createArrivals(findCache)
  const uploads = new UploadQueue({ onUploaded: ({ arrived }) => arrived && arrivals.add(arrived) })
  const bringing = new BringUploads({ queue: uploads, getServer, onEnd: tellBrought })
  const imports = new ImportQueue({ onImported: showImported })
  let client: ApiClient | null = null
  let account: string | null = null

  function showImported(job: ImportJob) {
    const folder = readFolder(job.folder ?? (job.options.folder || '/'))
    const patch = findCache()
    if (!patch || !folder) return
    void addFolderToTree(patch, folder).catch(() => {})
    // A failure is shown when the folder is opened; the import itself is done.
    void reconcileFolder(patch, folder).catch(() => {})
  }

  function follow() {
    const now = session.getSnapshot()
    if ((now?.client ?? null) === client) return
    client = now?.client ?? null
    // What waits or is asked about is another person's.
    if (now && account !== null && now.me.username !== account) bringing.forget()
    account = now?.me.username ?? account
    // What is not shown yet was another account's.
    arrivals.forget()
    uploads.connect(now && connectUploads(now, readTree))
    imports.connect(now && connectImports(now))
  }

  function getServer(): BringServer | null {
    const now = session.getSnapshot()
    const patch = findCache()
    return now && patch && describeServer(now, patch, readTree)
  }

  async function readTree(staleTime: number) {
    const patch = findCache()
    if (!patch) return null
    const { queryClient, queries } = patch
    return queryClient.fetchQuery({ ...queries.tree(), staleTime }).catch(() => null)
  }

  const notice = showProgress({ uploads, imports })
  tellOf('uploaded', uploads)
  tellOf('imported', imports)
  follow()
  session.subscribe(follow)
  // Another tab may have started and ended one since this page looked at its folders.
  for (const job of imports.all()) {
    if (job.state === 'done' && job.addedAt >= performance.timeOrigin) showImported(job)
  }

  return {
    uploads,
    bringing,
    imports,
    notice,
    /** Forgets everything, after signing out. */
    reset() {
      bringing.forget()
      uploads.reset()
      imports.reset()
    },
  }
}

function describeServer(
  { me, client, gate, connectedAt }: TransferSession,
  patch: CachePatch,
  readTree: FolderReader['readTree'],
): BringServer {
  const { canBrowse, canManage } = accessFromScopes(
    me.key.scopes,
    serverDescription.getSnapshot()?.additions,
  )
  const serverTime = connectUploads({ me, client, gate, connectedAt }, readTree).serverTime()
  return {
    ...{ client, readTree, canLook: canBrowse, canReplace: canManage },
    readAdditions: async () => (await serverDescription.read())?.additions ?? [],
    clockAheadMs: serverTime - Date.now(),
    namesOnScreen(path) {
      const folder = readFolder(path)
      const whole =
        folder && cachedListings(patch, folder).find((one) => findGaps(one).length === 0)
      const names = whole?.pages.flatMap(({ files }) =>
        files.map(({ name }) => name.normalize('NFC')),
      )
      return names ? new Set(names) : null
    },
    createFolder: canManage
      ? async (path) => {
          const body = { path }
          await client.call(endpoints.createFolder, { body, lane: 'transfer', purpose: 'uploads' })
          const folder = readFolder(path)
          if (folder) await addFolderToTree(patch, folder)
        }
      : null,
  }
}

function tellBrought(brought: Brought): void {
  const words = broughtText(brought)
  if (words !== null) announce(words)
}

/** What the import queue needs of a session. */
function connectImports({ me, client }: TransferSession): ImportConnection {
  return {
    account: me.username,
    keyId: me.key.id,
    isAllowed: me.key.scopes.includes('import'),
    client,
    async cancelsMany() {
      return (await serverDescription.read())?.additions.includes('cancel_imports') ?? false
    },
    async listsImports() {
      return (await serverDescription.read())?.additions.includes('imports') ?? false
    },
  }
}

/** Tells by sums how a queue gets on, from the first transfer that runs on. */
function tellOf(
  verb: string,
  queue: { getSnapshot(): { totals: Sums }; subscribe(listener: () => void): () => void },
): void {
  const { subscribe } = queue
  const getSums = () => queue.getSnapshot().totals
  let before = getSums()
  const stop = subscribe(() => {
    if (getSums().unfinished === 0) {
      before = getSums()
      return
    }
    stop()
    tellSums({ verb, before, getSums, subscribe, clock: browserClock, tell })
  })
}
