import { useEffect } from 'react'
import { byName, isSameOrder } from '#app/api/cache/listing.ts'
import { type Sorting, serverOrder } from '#app/features/files/folder/arrange-entries.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import { rowToLoad } from './find-row.ts'

/** The file of that name; a folder's only where there surely is no such file. */
export function findEntry({ entries, isComplete }: Folder, name: string): Entry | undefined {
  // A lone half of a surrogate pair is no part of an address.
  const isNamed = (entry: Entry) => entry.name === name || entry.name.toWellFormed() === name
  return (
    entries.find((entry) => entry.kind === 'file' && isNamed(entry)) ??
    (isComplete ? entries.find(isNamed) : undefined)
  )
}

type Wanted = { name: string; isWanted: boolean; onSort: (sorting: Sorting) => void }

/** Loads page after page on the way to the file; false where there is none, or a page failed. */
export function useLoadedWay(
  { rows, total, order, isComplete, isReordering, isLoadingMore, error, loadRow }: Folder,
  { name, isWanted, onSort }: Wanted,
): boolean {
  // Without a total nobody knows where it could be: each page would be a request for 50.
  const canFind = isWanted && total !== null && !isComplete && error === null
  const isByName = isSameOrder(order, byName)
  const next = canFind && isByName && !isReordering ? rowToLoad(rows, name) : -1
  const isElsewhere = canFind && !isByName
  useEffect(() => {
    if (isElsewhere) onSort(serverOrder)
  }, [isElsewhere, onSort])
  useEffect(() => {
    if (next >= 0 && !isLoadingMore) loadRow(next)
  }, [next, isLoadingMore, loadRow])
  return next >= 0 || (canFind && (isElsewhere || isReordering))
}
