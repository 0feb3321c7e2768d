import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import type { Me } from '#contract/account.ts'
import { endpoints } from '#contract/endpoints.ts'
import type { FolderNode, ListedFile } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import type { ApiClient } from './client.ts'

const browsing = { lane: 'person', purpose: 'browsing' } as const

/** Every read that the app makes. Keys start with the key's id: another account never sees them. */
export function createQueries({ client, me }: { client: ApiClient; me: Me }) {
  const scope = me.key.id
  return {
    me: () =>
      queryOptions({
        queryKey: [scope, 'me'],
        queryFn: ({ signal }) =>
          client.call(endpoints.me, { lane: 'person', purpose: 'account', signal }),
        initialData: me,
      }),
    /** One folder, page by page as a person scrolls. */
    folder: (path: FolderPath) =>
      infiniteQueryOptions({
        queryKey: [scope, 'folder', path],
        queryFn: ({ pageParam, signal }) =>
          client.call(endpoints.files, { query: { path, offset: pageParam }, signal, ...browsing }),
        initialPageParam: 0,
        getNextPageParam: (page) => (page.has_more ? page.next_offset : null),
      }),
    tree: () =>
      queryOptions({
        queryKey: [scope, 'tree'],
        queryFn: async ({ signal }): Promise<FolderNode> =>
          (await client.call(endpoints.folders, { signal, ...browsing })).tree,
      }),
  }
}

export type Queries = ReturnType<typeof createQueries>

export type CachePatch = { queryClient: QueryClient; queries: Queries }

/** Shows a file that arrived in `folder` without asking the server, and the folders it needed. */
export function addFileToListing(
  { queryClient, queries }: CachePatch,
  folder: FolderPath,
  file: ListedFile,
): void {
  const { queryKey } = queries.folder(folder)
  queryClient.setQueryData(queryKey, (cached) => {
    const [first, ...rest] = cached?.pages ?? []
    if (!cached || !first) return cached
    const files = [...first.files.filter((other) => other.name !== file.name), file]
    return { ...cached, pages: [{ ...first, files }, ...rest] }
  })
}

/** Shows `folder` in the cached tree and in its parents' cached listings. */
export function addFolderToTree(_patch: CachePatch, _folder: FolderPath): void {}

/** Asks for the first page of `folder` at most, and joins it to what is cached. */
export async function reconcileFolder(
  { queryClient, queries }: CachePatch,
  folder: FolderPath,
): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: queries.folder(folder).queryKey })
}
