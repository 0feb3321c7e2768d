import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import {
  byName,
  findGaps,
  type Gap,
  gapAt,
  isSameOrder,
  type Listing,
  type ListingOrder,
  spreadRows,
} from '#app/api/cache/listing.ts'
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
  /** What they are in order of; what was asked for stands in its place until that is here. */
  order: ListingOrder
  isReordering: boolean
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

/** `wanted`: another order than by name only where the server offers `sort`. */
export function useFolder(queries: Queries, path: FolderPath, wanted: ListingOrder): Folder {
  const queryClient = useQueryClient()
  const order = useCheapOrder(queries, path, wanted)
  const [folderLoadedWhole, setFolderLoadedWhole] = useState<FolderPath | null>(null)
  const query = useQuery({
    ...queries.folder(path, order),
    // Rows that stand in another order keep their place, and the keyboard, until the others are here.
    placeholderData: (last, from) => (from?.queryKey[2] === path ? last : undefined),
  })
  useEffect(() => {
    // What is cached stays on the screen; a refresh that fails is for the next opening.
    refreshFolderIfOld({ queryClient, queries }, path, order).catch(() => {})
  }, [queryClient, queries, path, order])
  const listing = query.data ?? nothing
  const entries = useMemo(() => readEntries(path, listing.pages), [path, listing.pages])
  const folders = listing.pages[0]?.folders.length ?? 0
  const gaps = useMemo(() => findGaps(listing), [listing])
  const rows = useMemo(() => spreadRows(entries, gaps, folders), [entries, gaps, folders])
  const pages = usePageLoader(queries, path, order)
  const { load, isLoading } = pages
  const isComplete = query.data !== undefined && gaps.length === 0 && !query.isPlaceholderData
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
    order: listing.order ?? byName,
    isReordering: query.isPlaceholderData,
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

/** The order to ask for: what is here whole is sorted here, without a request. */
function useCheapOrder(queries: Queries, path: FolderPath, wanted: ListingOrder): ListingOrder {
  const queryClient = useQueryClient()
  if (isSameOrder(wanted, byName)) return byName
  const known = queryClient.getQueryData(queries.folder(path).queryKey)
  return known && findGaps(known).length === 0 ? byName : wanted
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
function usePageLoader(queries: Queries, path: FolderPath, order: ListingOrder) {
  const queryClient = useQueryClient()
  const [state, setState] = useState({ path, order, isLoading: false, error: null as unknown })
  const running = useRef<AbortController | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder or order is what ends it
  useEffect(() => {
    return () => {
      running.current?.abort()
      running.current = null
    }
  }, [queries, path, order])
  const load = useCallback(
    async (choose: (known: Known) => Wanted, lane: 'person' | 'background') => {
      const { queryKey } = queries.folder(path, order)
      // Not what was drawn last: a page that just came is not asked for again.
      const known = queryClient.getQueryData(queryKey)
      if (running.current || !known) return
      const folders = known.pages[0]?.folders.length ?? 0
      const wanted = choose({ gaps: findGaps(known), folders })
      if (!wanted) return
      const ending = new AbortController()
      running.current = ending
      setState({ path, order, isLoading: true, error: null })
      const how = { lane, signal: ending.signal }
      const error = await addPage({ queryClient, queries }, { path, order }, wanted, how).then(
        () => null,
        (error: unknown) => error,
      )
      if (running.current !== ending) return
      running.current = null
      setState({ path, order, isLoading: false, error })
    },
    [queryClient, queries, path, order],
  )
  const isHere = state.path === path && state.order === order
  return {
    load: load as (...wanted: Parameters<typeof load>) => void,
    isLoading: isHere && state.isLoading,
    error: isHere ? state.error : null,
  }
}
