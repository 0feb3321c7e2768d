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
import { type Gap, type Listing, listingOf, type PageRange } from './listing.ts'

const freshMs = 5 * 60_000

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
  const readPage = (path: FolderPath, range: PageRange, how: ReadPage) =>
    readFiles(parts, { path, ...range }, how)
  return {
    /** One folder, which begins with what can be seen; `withPage` adds to it as a person scrolls. */
    folder: (path: FolderPath) =>
      queryOptions({
        queryKey: [scope, 'folder', path],
        queryFn: async ({ signal }): Promise<Listing> =>
          listingOf(
            await tryFor(
              signal,
              () => early?.takeFiles(path) ?? readPage(path, firstPage, { lane: 'person', signal }),
            ),
          ),
        // It would be as small as at the start again: see refreshFolderIfOld.
        staleTime: Number.POSITIVE_INFINITY,
      }),
    /** One more page of a folder, as large as the server makes them. Throws what the call throws. */
    page: (path: FolderPath, range: PageRange, how: ReadPage): Promise<FilesPage> =>
      tryFor(how.signal, () => readPage(path, range, how)),
    /** The first page alone. Not cached: it is joined to the folder. */
    firstPage: (path: FolderPath, lane: Lane) =>
      queryOptions({
        queryKey: [scope, 'first-page', path],
        queryFn: ({ signal }) => readPage(path, firstPage, { lane, signal }),
        staleTime: 0,
        gcTime: 0,
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
  { path, offset, limit }: PageRange & { path: FolderPath },
  how: ReadPage,
): Promise<FilesPage> {
  const canLimit = (await readAdditions()).includes('limit')
  const query = { path, offset, ...(canLimit && limit !== undefined ? { limit } : {}) }
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
  path: FolderPath,
  { gap, offset }: { gap: Gap; offset: number },
  how: ReadPage,
): Promise<void> {
  const { pageOf, withPage } = await loadPatches()
  const range = pageOf(gap, offset, maxFilesPageSize)
  const page = await queries.page(path, range, how)
  queryClient.setQueryData(
    queries.folder(path).queryKey,
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

/** A patch makes a listing no younger: what else changed on the server is still unknown. */
export function patchFolder(
  { queryClient, queries }: CachePatch,
  folder: FolderPath,
  patch: (listing: Listing) => Listing,
): void {
  const { queryKey } = queries.folder(folder)
  const updatedAt = queryClient.getQueryState(queryKey)?.dataUpdatedAt
  queryClient.setQueryData(
    queryKey,
    (cached) => cached && patch(cached),
    updatedAt === undefined ? {} : { updatedAt },
  )
}

/**
 * Joins what is new in `folder` to what is cached of it, for one request at most, and for none where
 * nothing is cached: then it is asked for when somebody opens it. Throws what the call throws.
 */
export async function reconcileFolder(
  { queryClient, queries }: CachePatch,
  folder: FolderPath,
  lane: Lane = 'background',
): Promise<void> {
  const { queryKey } = queries.folder(folder)
  if (!queryClient.getQueryData(queryKey)) return
  const first = await queryClient.fetchQuery(queries.firstPage(folder, lane))
  const { joinFirstPage } = await loadPatches()
  queryClient.setQueryData(queryKey, (cached) => cached && joinFirstPage(cached, first))
}

/** The same because a person asked for it and waits; a folder that could not be shown is tried again. */
export async function refreshFolder(patch: CachePatch, folder: FolderPath): Promise<void> {
  await reconcileFolder(patch, folder, 'person')
  const { queryKey } = patch.queries.folder(folder)
  if (patch.queryClient.getQueryData(queryKey)) return
  await patch.queryClient.refetchQueries({ queryKey }, { throwOnError: true })
}

/** A listing that was read some minutes ago is shown at once, and its first page is read again behind it. */
export async function refreshFolderIfOld(patch: CachePatch, folder: FolderPath): Promise<void> {
  const state = patch.queryClient.getQueryState(patch.queries.folder(folder).queryKey)
  const age = Date.now() - (state?.dataUpdatedAt ?? 0)
  if (age > freshMs) await reconcileFolder(patch, folder)
}
