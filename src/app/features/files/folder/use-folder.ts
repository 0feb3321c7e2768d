import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { type Queries, refreshFolderIfOld } from '#app/api/cache/queries.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { type Entry, readEntries } from './entry.ts'

/** A folder as far as it is known. */
export type Folder = {
  entries: readonly Entry[]
  /** Nothing is known yet. */
  isPending: boolean
  /** Every file of the folder is among `entries`. */
  isComplete: boolean
  isLoadingMore: boolean
  /** The first page is being asked for again. */
  isRefreshing: boolean
  /** Why the first page, or the next one, did not come. */
  error: unknown
  /** Asks for the next page; does nothing while one is on its way or none is left. */
  loadMore: () => void
  /** Page after page comes, until all are here, one fails or `stopLoadingAll`. */
  isLoadingAll: boolean
  loadAll: () => void
  stopLoadingAll: () => void
  retry: () => void
}

const noPages: never[] = []

export function useFolder(queries: Queries, path: FolderPath): Folder {
  const queryClient = useQueryClient()
  const [folderLoadedWhole, setFolderLoadedWhole] = useState<FolderPath | null>(null)
  const wantsAll = folderLoadedWhole === path
  // Hundreds of requests must leave room for the next thing that a person does.
  const query = useInfiniteQuery(queries.folder(path, wantsAll ? 'background' : 'person'))
  useEffect(() => {
    // What is cached stays on the screen; a refresh that fails is for the next opening.
    refreshFolderIfOld({ queryClient, queries }, path).catch(() => {})
  }, [queryClient, queries, path])
  const pages = query.data?.pages ?? noPages
  const entries = useMemo(() => readEntries(path, pages), [path, pages])
  const { hasNextPage, isFetching, fetchNextPage, refetch } = query
  // Errors are in `query.error`; the promise never rejects.
  const loadMore = useCallback(() => {
    // The rows and `loadAll` may both ask before `isFetching` is drawn: the page is asked for once.
    if (hasNextPage && !isFetching) void fetchNextPage({ cancelRefetch: false })
  }, [hasNextPage, isFetching, fetchNextPage])
  const isLoadingAll = wantsAll && hasNextPage && !query.isError
  useEffect(() => {
    if (isLoadingAll) loadMore()
  }, [isLoadingAll, loadMore])
  return {
    entries,
    isPending: query.isPending,
    isComplete: query.isSuccess && !hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    isRefreshing: query.isFetching && !query.isFetchingNextPage && !query.isPending,
    error: query.error,
    loadMore,
    isLoadingAll,
    loadAll: () => setFolderLoadedWhole(path),
    stopLoadingAll: () => setFolderLoadedWhole(null),
    retry: () => void (query.isFetchNextPageError ? fetchNextPage() : refetch()),
  }
}
