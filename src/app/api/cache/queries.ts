import { type QueryClient, queryOptions } from '@tanstack/react-query'
import type { Lane } from '#app/api/gate/gated-request.ts'
import { isTransient } from '#app/api/http/api-error.ts'
import type { ApiClient } from '#app/api/http/client.ts'
import { createRetryPause, retryTransient } from '#app/lib/retry.ts'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import {
  type FilesPage,
  type FolderNode,
  filesPageSize,
  type ListedFile,
  maxFilesPageSize,
} from '#contract/files.ts'
import { type FolderPath, folderName, parentFolder, rootFolder } from '#contract/folder-path.ts'
import type { SearchPage } from '#contract/search.ts'
import {
  byName,
  type Gap,
  isSameOrder,
  type Listing,
  type ListingOrder,
  listingOf,
  type PageRange,
} from './listing.ts'

const freshMs = 5 * 60_000
/** What one finds may just have been renamed. */
const searchFreshMs = 60_000

/** Loaded when the first thing arrives: nothing has on the first screen. */
const loadPatches = () => import('./patch-listing.ts')
const browsing = { lane: 'person', purpose: 'browsing' } as const

/** A person waits: a few seconds of trying, then the screen says what is wrong. */
function tryFor<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  return retryTransient(read, { retryPause: createRetryPause(), isTransient, tries: 4, signal })
}

/**
 * Every read that the app makes. Keys start with the key's id: another account never sees them.
 * Leaving a folder fires the signal, and a request that still waits gives its place back.
 */
export function createQueries(parts: QueriesOptions) {
  const { client, me, early } = parts
  const scope = me.key.id
  const readPage = (path: FolderPath, order: ListingOrder, range: PageRange, how: ReadPage) =>
    readFiles(parts, { path, ...range, ...(isSameOrder(order, byName) ? {} : order) }, how)
  return {
    /**
     * One folder, which begins with what can be seen; `withPage` adds to it as a person scrolls. Each order
     * is another entry of the cache; those but by name are for servers that offer `sort`.
     */
    folder: (path: FolderPath, order = byName) =>
      queryOptions({
        queryKey: isSameOrder(order, byName)
          ? [scope, 'folder', path]
          : [scope, 'folder', path, order.sort, order.order],
        queryFn: async ({ signal }): Promise<Listing> =>
          listingOf(
            await tryFor(
              signal,
              () =>
                (isSameOrder(order, byName) ? early?.takeFiles(path) : undefined) ??
                readPage(path, order, firstPage, { lane: 'person', signal }),
            ),
            order,
          ),
        // It would be as small as at the start again: see refreshFolderIfOld.
        staleTime: Number.POSITIVE_INFINITY,
      }),
    /** One more page of a folder, as large as the server makes them. Throws what the call throws. */
    page: (
      path: FolderPath,
      order: ListingOrder,
      range: PageRange,
      how: ReadPage,
    ): Promise<FilesPage> => tryFor(how.signal, () => readPage(path, order, range, how)),
    /** The first page alone. Not cached: it is joined to the folder. */
    firstPage: (path: FolderPath, order: ListingOrder, lane: Lane) =>
      queryOptions({
        queryKey: [scope, 'first-page', path, order],
        queryFn: ({ signal }) => readPage(path, order, firstPage, { lane, signal }),
        staleTime: 0,
        gcTime: 0,
      }),
    /** Files and folders by parts of their names, best first, where the server offers that. */
    search: (q: string) =>
      queryOptions({
        queryKey: [scope, 'search', q],
        queryFn: ({ signal }): Promise<SearchPage> =>
          tryFor(signal, () =>
            client.call(endpoints.search, { query: { q }, ...browsing, signal }),
          ),
        staleTime: searchFreshMs,
      }),
    tree: () =>
      queryOptions({
        queryKey: [scope, 'tree'],
        queryFn: ({ signal }): Promise<FolderNode> =>
          tryFor(signal, () => early?.takeTree() ?? readTree(client, signal)),
      }),
  }
}

type Server = {
  client: ApiClient
  /** What the server can do beyond the reference; none where that cannot be read. */
  readAdditions: () => Promise<readonly string[]>
}

type QueriesOptions = Server & { me: Me; early?: EarlyReads | undefined }

type ReadPage = { lane: Lane; signal: AbortSignal }

async function readFiles(
  { client, readAdditions }: Server,
  { path, offset, limit, ...order }: PageRange & Partial<ListingOrder> & { path: FolderPath },
  how: ReadPage,
): Promise<FilesPage> {
  const additions = await readAdditions()
  const query = {
    ...{ path, offset, ...order },
    ...(limit !== undefined && additions.includes('limit') ? { limit } : {}),
    ...(offset === 0 && additions.includes('covers') ? { covers: true } : {}),
  }
  return client.call(endpoints.files, { query, purpose: 'browsing', ...how })
}

async function readTree(client: ApiClient, signal?: AbortSignal): Promise<FolderNode> {
  const asked = { ...browsing, ...(signal ? { signal } : {}) }
  return (await client.call(endpoints.folders, asked)).tree
}

/** What was asked for before anything is shown, each for whoever wants it first. */
export type EarlyReads = {
  takeFiles(path: FolderPath): Promise<FilesPage> | undefined
  takeTree(): Promise<FolderNode> | undefined
}

/** Asks for the first screen's folder and tree at once, while `/me` is still asked for. */
export function readEarly(server: Server, folder: FolderPath): EarlyReads {
  const { signal } = new AbortController()
  let files: Promise<FilesPage> | undefined = readFiles(
    server,
    { path: folder, ...firstPage },
    { lane: 'person', signal },
  )
  let tree: Promise<FolderNode> | undefined = readTree(server.client)
  // Told by whoever takes it, if anybody does.
  for (const read of [files, tree]) read.catch(() => {})
  return {
    takeFiles(path) {
      const taken = path === folder ? files : undefined
      files = undefined
      return taken
    },
    takeTree() {
      const taken = tree
      tree = undefined
      return taken
    },
  }
}

const firstPage = { offset: 0, limit: filesPageSize }

export type Queries = ReturnType<typeof createQueries>

export type CachePatch = { queryClient: QueryClient; queries: Queries }

/** Asks for a page that is not loaded, and adds it to the cached folder. Throws what the call throws. */
export async function addPage(
  { queryClient, queries }: CachePatch,
  { path, order }: { path: FolderPath; order: ListingOrder },
  { gap, offset }: { gap: Gap; offset: number },
  how: ReadPage,
): Promise<void> {
  const { pageOf, withPage } = await loadPatches()
  const range = pageOf(gap, offset, maxFilesPageSize)
  const page = await queries.page(path, order, range, how)
  queryClient.setQueryData(
    queries.folder(path, order).queryKey,
    (cached) => cached && withPage(cached, page, range.offset),
  )
}

/** Shows files that arrived in `folder` without asking the server. Where that fails, a refresh shows them. */
export async function addFilesToListing(
  patch: CachePatch,
  folder: FolderPath,
  files: readonly ListedFile[],
): Promise<void> {
  const { withFiles } = await loadPatches()
  patchFolder(patch, folder, (cached) => withFiles(cached, files))
}

/** Shows `folder`, and those above it, in the cached tree and in the cached listings. */
export async function addFolderToTree(patch: CachePatch, folder: FolderPath): Promise<void> {
  const { queryClient, queries } = patch
  const [{ addTreeFolder }, { withFolder }] = await Promise.all([
    import('./patch-listing.ts'),
    loadPatches(),
  ])
  queryClient.setQueryData(queries.tree().queryKey, (tree) => tree && addTreeFolder(tree, folder))
  for (let path = folder; path !== rootFolder; path = parentFolder(path)) {
    const name = folderName(path)
    patchFolder(patch, parentFolder(path), (cached) => withFolder(cached, name))
  }
}

/** All that is cached of a folder: an entry for each order. What was asked for by search is older now. */
function cachedOrders({ queryClient, queries }: CachePatch, folder: FolderPath) {
  const { queryKey } = queries.folder(folder)
  queryClient.removeQueries({ queryKey: queries.search('').queryKey.slice(0, 2), type: 'inactive' })
  return queryClient.getQueryCache().findAll({ queryKey })
}

/** What is cached of a folder, in each order that it was looked at in. */
export function cachedListings(
  { queryClient, queries }: CachePatch,
  folder: FolderPath,
): Listing[] {
  const { queryKey } = queries.folder(folder)
  const found = queryClient.getQueriesData<Listing>({ queryKey })
  return found.flatMap(([, listing]) => listing ?? [])
}

/** A patch makes a listing no younger: what else changed on the server is still unknown. */
export function patchFolder(
  cache: CachePatch,
  folder: FolderPath,
  patch: (listing: Listing) => Listing,
): void {
  for (const { queryKey, state } of cachedOrders(cache, folder)) {
    cache.queryClient.setQueryData(
      queryKey,
      (cached: Listing | undefined) => cached && patch(cached),
      { updatedAt: state.dataUpdatedAt },
    )
  }
}

/**
 * Joins what is new in `folder` to what is cached of it, for one request at most, and for none where
 * nothing is cached: then it is asked for when somebody opens it. Of several orders the one that is shown
 * is kept. Throws what the call throws.
 */
export async function reconcileFolder(
  cache: CachePatch,
  folder: FolderPath,
  lane: Lane = 'background',
): Promise<void> {
  const { queryClient, queries } = cache
  const all = cachedOrders(cache, folder)
  const kept = all.find((query) => query.isActive()) ?? all[0]
  for (const { queryKey } of all.filter((query) => query !== kept)) {
    queryClient.removeQueries({ queryKey, exact: true })
  }
  const known = kept?.state.data as Listing | undefined
  if (!known) return
  const first = await queryClient.fetchQuery(queries.firstPage(folder, known.order ?? byName, lane))
  const { joinFirstPage } = await loadPatches()
  const { queryKey } = queries.folder(folder, known.order)
  queryClient.setQueryData(queryKey, (cached) => cached && joinFirstPage(cached, first))
}

/** The same because a person asked for it and waits; a folder that could not be shown is tried again. */
export async function refreshFolder(cache: CachePatch, folder: FolderPath): Promise<void> {
  await reconcileFolder(cache, folder, 'person')
  const { queryKey } = cache.queries.folder(folder)
  if (cachedOrders(cache, folder).some(({ state }) => state.data !== undefined)) return
  await cache.queryClient.refetchQueries({ queryKey, type: 'active' }, { throwOnError: true })
}

/** A listing that was read some minutes ago is shown at once, and its first page is read again behind it. */
export async function refreshFolderIfOld(
  cache: CachePatch,
  folder: FolderPath,
  order: ListingOrder,
): Promise<void> {
  const state = cache.queryClient.getQueryState(cache.queries.folder(folder, order).queryKey)
  const age = Date.now() - (state?.dataUpdatedAt ?? 0)
  if (age > freshMs) await reconcileFolder(cache, folder)
}
