import { useQuery } from '@tanstack/react-query'
import { errorText } from '#app/api/error-text.ts'
import type { Queries } from '#app/api/queries.ts'
import { Button } from '#app/ui/button.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import type { FilesMemory } from './files-memory.ts'
import { TreeLines } from './tree-lines.tsx'

export type FolderTreeProps = {
  folder: FolderPath
  queries: Queries
  memory: FilesMemory
  onOpenFolder: (folder: FolderPath) => void
}

/** The tree `Folders`: fills its parent and scrolls by itself. */
export function FolderTree({ queries, ...rest }: FolderTreeProps) {
  const tree = useQuery(queries.tree())
  if (tree.data) return <TreeLines root={tree.data} {...rest} />
  if (tree.error) {
    return (
      <div role="alert" className="flex flex-col items-start gap-2 p-3 text-sm">
        <p className="font-medium">The folders could not be listed</p>
        <p className="text-muted">{errorText(tree.error).title}</p>
        <Button size="small" isPending={tree.isFetching} onClick={() => void tree.refetch()}>
          Try again
        </Button>
      </div>
    )
  }
  return (
    <div aria-busy="true" className="flex flex-col gap-5 p-3 pt-3.5">
      {['w-20', 'ml-4 w-28', 'ml-4 w-16', 'ml-4 w-24'].map((shape) => (
        <Skeleton key={shape} className={`h-3 ${shape}`} />
      ))}
    </div>
  )
}
