import { type ComponentType, type ReactNode, useEffect, useMemo, useState } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import type { Sorting } from '#app/features/files/folder/arrange-entries.ts'
import type { Entry, FileEntry } from '#app/features/files/folder/entry.ts'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import { formatNumber } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import type { FolderDetailsProps } from './details-beside.tsx'
import { findEntry, useLoadedWay } from './find-file.ts'

/** What a viewer is given of the folder; the shell knows which viewer that is. */
export type FolderViewerProps = {
  /** Of the file that the address names. */
  name: string
  /** The folder's files in the order shown; `undefined` for one that is there and not loaded. */
  files: readonly (FileEntry | undefined)[]
  /** Whether `files` are all of them, loaded or not. */
  isSized: boolean
  /** A person opened it on this page; false where the page was loaded with it. */
  isAskedFor: boolean
  /** Where no file has the name: words for that, `Looking for …` among them. */
  absence: ReactNode
  /** Asks for the page with one of `files`; with one past the end, for the next page. */
  onMissing: (index: number) => void
  onView: (name: string) => void
  onClose: () => void
  /** After the viewer is gone: the keyboard goes on from the row with this key. */
  onClosed: (key: string | null) => void
}

export type Viewing = {
  Viewer: ComponentType<FolderViewerProps>
  Details: ComponentType<FolderDetailsProps>
  /** What the address opens in the viewer; null while it is closed. */
  name: string | null
  onView: (name: string) => void
  /** A file is pressed, and may be opened by that. */
  onLikely?: (name: string) => void
  onClose: () => void
}

export type ViewedFileProps = {
  viewing: Viewing & { name: string }
  listing: Folder
  /** The rows of the list: folders first. */
  rows: readonly (Entry | undefined)[]
  isSized: boolean
  isAskedFor: boolean
  isFiltered: boolean
  onSort: (sorting: Sorting) => void
  onFilterChange: (filter: string) => void
}

/** The file that the address names, in the viewer; looked for as `OpenedFile` does it. */
export function ViewedFile(props: ViewedFileProps) {
  const { viewing, listing, rows, onFilterChange } = props
  const { name } = viewing
  const firstFile = rows.findIndex((entry) => entry?.kind !== 'folder')
  const folders = firstFile < 0 ? rows.length : firstFile
  const files = useMemo(
    () => rows.slice(folders) as readonly (FileEntry | undefined)[],
    [rows, folders],
  )
  const entry = findEntry(listing, name)
  const isShown = files.some((file) => file !== undefined && file === entry)
  const isHidden = entry?.kind === 'file' && !isShown && props.isFiltered
  useEffect(() => {
    if (isHidden) onFilterChange('')
  }, [isHidden, onFilterChange])
  const [wantsRest, setWantsRest] = useState(false)
  const { stopLoadingAll } = listing
  useEffect(() => {
    if (!wantsRest || entry === undefined) return
    setWantsRest(false)
    stopLoadingAll()
  }, [wantsRest, entry, stopLoadingAll])
  const isWanted = !listing.isPending && entry === undefined
  const isOnItsWay = useLoadedWay(listing, { name, isWanted, onSort: props.onSort })
  return (
    <viewing.Viewer
      name={name}
      files={files}
      isSized={props.isSized}
      isAskedFor={props.isAskedFor}
      absence={
        <Absence
          {...{ name, listing }}
          isOnItsWay={isOnItsWay || isHidden}
          onLoadRest={() => {
            setWantsRest(true)
            listing.loadAll()
          }}
        />
      }
      onMissing={(index) => {
        if (index < files.length) listing.loadRow(index + folders)
        else if (!listing.isComplete) listing.loadMore()
      }}
      onView={viewing.onView}
      onClose={viewing.onClose}
      onClosed={(key) => {
        const { reveal, focusList } = currentContext()
        if (key === null || !reveal?.(key, true)) focusList?.()
      }}
    />
  )
}

function Absence({
  name,
  listing,
  isOnItsWay,
  onLoadRest,
}: {
  name: string
  listing: Folder
  isOnItsWay: boolean
  onLoadRest: () => void
}) {
  const shown = <bdi>“{visibleName(name)}”</bdi>
  if (listing.isPending || listing.isLoadingAll || isOnItsWay) return <p>Looking for {shown}…</p>
  if (listing.total === null && !listing.isComplete) {
    return (
      <>
        <p>
          {shown} is not among the {formatNumber(listing.entries.length)} files loaded so far. The
          rest takes one request for each {formatNumber(listing.pageSize)}.
        </p>
        <Button onClick={onLoadRest}>Look in the rest</Button>
      </>
    )
  }
  return (
    <p>{shown} is not in this folder: it was renamed, moved or deleted, or the address is wrong.</p>
  )
}
