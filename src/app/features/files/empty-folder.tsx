import { FolderOpen, Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { type FolderPath, rootFolder } from '#contract/folder-path.ts'

/** Stands where the list would be of a folder that is not there: the ways on. */
export function FolderNotFound({
  parent,
  onOpenFolder,
}: {
  parent: FolderPath
  onOpenFolder: (folder: FolderPath) => void
}) {
  return (
    <EmptyState
      icon={<FolderOpen />}
      title="This folder does not exist"
      action={
        <>
          {parent !== rootFolder && (
            <Button onClick={() => onOpenFolder(parent)}>Go to the folder above</Button>
          )}
          <Button tone="primary" onClick={() => onOpenFolder(rootFolder)}>
            Go to All files
          </Button>
        </>
      }
    >
      It was never there, or all that was in it is gone. An upload into it would make it.
    </EmptyState>
  )
}

/** Where the rows would be: why there are none, and what to do. */
export function NothingShown({
  isFiltered,
  filter,
  onFilterChange,
  emptyHint,
}: {
  isFiltered: boolean
  filter: string
  onFilterChange: (filter: string) => void
  emptyHint: ReactNode
}) {
  if (!isFiltered) {
    return (
      <EmptyState icon={<FolderOpen />} title="Nothing here yet">
        {emptyHint}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Search />}
      title={`Nothing loaded matches “${filter.trim()}”`}
      action={<Button onClick={() => onFilterChange('')}>Clear the filter</Button>}
    >
      The filter looks at names in this folder, not in the folders inside it.
    </EmptyState>
  )
}
