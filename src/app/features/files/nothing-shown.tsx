import { FolderOpen, Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'

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
