import { FolderOpen, Search } from 'lucide-react'
import type { Access } from '#app/api/http/api-key-text.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
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
  access,
}: {
  isFiltered: boolean
  filter: string
  onFilterChange: (filter: string) => void
  access: Access
}) {
  const isTouch = useMediaQuery('(pointer: coarse)')
  if (!isFiltered) {
    return (
      <EmptyState icon={<FolderOpen />} title="Nothing here yet">
        {emptyHint(access, isTouch)}
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

/** What to do in an empty folder. */
function emptyHint({ canUpload, canImport }: Access, isTouch: boolean): string {
  // Fingers have nothing to drop.
  if (isTouch && canUpload) return 'Press “Upload” to bring files in.'
  if (canUpload && canImport)
    return 'Drop files anywhere on this page, or paste a link to import it.'
  if (canUpload) return 'Drop files anywhere on this page to upload them here.'
  if (canImport) return 'Paste a link anywhere on this page to import it.'
  return 'This key may look, but neither upload nor import.'
}
