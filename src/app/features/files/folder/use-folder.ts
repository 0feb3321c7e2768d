import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { findGaps, type Gap, gapAt, type Listing, spreadRows } from '#app/api/cache/listing.ts'
import { addPage, type Queries, refreshFolderIfOld } from '#app/api/cache/queries.ts'
import { filesPageSize, maxFilesPageSize } from '#contract/files.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { type Entry, readEntries } from './entry.ts'

/** A folder as far as it is known. */
export type Folder = {
  /** What is loaded. */
  entries: readonly Entry[]
  /** The same with `undefined` for each file that is there and not loaded, where the server counts them. */
  rows: readonly (Entry | undefined)[]
  /** How many files there are; null where the server does not say. */
  total: number | null
  /** Files on a page that is asked for from here on. */
  pageSize: number
  /** Nothing is known yet. */
  isPending: boolean
  /** Every file of the folder is among `entries`. */
  isComplete: boolean
  isLoadingMore: boolean
  /** The first page is being asked for again. */
  isRefreshing: boolean
  /** Why the first page, or another one, did not come. */
  error: unknown
  /** Asks for the first page that is not loaded; does nothing while one is on its way or none is left. */
  loadMore: () => void
  /** The same for the page with one of `rows`. */
  loadRow: (row: number) => void
  /** Page after page comes, until all are here, one fails or `stopLoadingAll`. */
  isLoadingAll: boolean
  loadAll: () => void
  stopLoadingAll: () => void
  retry: () => void
}

const nothing: Listing = { pages: [], pageParams: [] }

export function useFolder(queries: Queries, path: FolderPath): Folder {
  const queryClient = useQueryClient()
  const [folderLoadedWhole, setFolderLoadedWhole] = useState<FolderPath | null>(null)
  const query = useQuery(queries.folder(path))
  useEffect(() => {
    // What is cached stays on the screen; a refresh that fails is for the next opening.
    refreshFolderIfOld({ queryClient, queries }, path).catch(() => {})
  }, [queryClient, queries, path])
  const listing = query.data ?? nothing
  const entries = useMemo(() => readEntries(path, listing.pages), [path, listing.pages])
  const folders = listing.pages[0]?.folders.length ?? 0
  const gaps = useMemo(() => findGaps(listing), [listing])
  const rows = useMemo(() => spreadRows(entries, gaps, folders), [entries, gaps, folders])
  const pages = usePageLoader(queries, path)
  const { load, isLoading } = pages
  const isComplete = query.data !== undefined && gaps.length === 0
  const isLoadingAll = folderLoadedWhole === path && !isComplete && pages.error === null
  // Many requests must leave room for the next thing that a person does.
  const lane = isLoadingAll ? 'background' : 'person'
  const loadMore = useCallback(() => load(firstGap, lane), [load, lane])
  const loadRow = useCallback(
    (row: number) => load(({ gaps, folders }) => gapAt(gaps, folders, row), 'person'),
    [load],
  )
  const loadAll = useCallback(() => setFolderLoadedWhole(path), [path])
  useEffect(() => {
    if (isLoadingAll && !isLoading) loadMore()
  }, [isLoadingAll, isLoading, loadMore])
  return {
    entries,
    rows,
    total: listing.total ?? null,
    pageSize: listing.total === undefined ? filesPageSize : maxFilesPageSize,
    isPending: query.isPending,
    isComplete,
    isLoadingMore: isLoading,
    isRefreshing: query.isFetching && !query.isPending,
    error: query.error ?? pages.error,
    loadMore,
    loadRow,
    isLoadingAll,
    loadAll,
    stopLoadingAll: () => setFolderLoadedWhole(null),
    retry: () => (query.data === undefined ? void query.refetch() : loadMore()),
  }
}

/** What nobody has to be asked about. */
const fewRequests = 10

/**
 * A filter and another order look at what is loaded alone. While one is `isNeeded`, the rest comes by
 * itself where the server says that few requests bring it.
 */
export function useWholeFolder(
  { total, rows, entries, pageSize, isComplete, loadAll }: Folder,
  isNeeded: boolean,
): void {
  const missing = rows.length - entries.length
  const isCheap = total !== null && missing <= fewRequests * pageSize
  useEffect(() => {
    if (isNeeded && isCheap && !isComplete) loadAll()
  }, [isNeeded, isCheap, isComplete, loadAll])
}

type Known = { gaps: readonly Gap[]; folders: number }
type Wanted = { gap: Gap; offset: number } | null

function firstGap({ gaps }: Known): Wanted {
  const gap = gaps[0]
  return gap ? { gap, offset: gap.offset } : null
}

/** Loads pages one at a time; leaving the folder gives up the one that is on its way. */
function usePageLoader(queries: Queries, path: FolderPath) {
  const queryClient = useQueryClient()
  const [state, setState] = useState({ path, isLoading: false, error: null as unknown })
  const running = useRef<AbortController | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder is what ends it
  useEffect(() => {
    return () => {
      running.current?.abort()
      running.current = null
    }
  }, [queries, path])
  const load = useCallback(
    async (choose: (known: Known) => Wanted, lane: 'person' | 'background') => {
      const { queryKey } = queries.folder(path)
      // Not what was drawn last: a page that just came is not asked for again.
      const known = queryClient.getQueryData(queryKey)
      if (running.current || !known) return
      const folders = known.pages[0]?.folders.length ?? 0
      const wanted = choose({ gaps: findGaps(known), folders })
      if (!wanted) return
      const ending = new AbortController()
      running.current = ending
      setState({ path, isLoading: true, error: null })
      const how = { lane, signal: ending.signal }
      const error = await addPage({ queryClient, queries }, path, wanted, how).then(
        () => null,
        (error: unknown) => error,
      )
      if (running.current !== ending) return
      running.current = null
      setState({ path, isLoading: false, error })
    },
    [queryClient, queries, path],
  )
  const isHere = state.path === path
  return {
    load: load as (...wanted: Parameters<typeof load>) => void,
    isLoading: isHere && state.isLoading,
    error: isHere ? state.error : null,
  }
}
