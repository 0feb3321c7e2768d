import { CloudOff, FolderOpen } from 'lucide-react'
import { ApiError } from '#app/api/api-error.ts'
import { errorText } from '#app/api/error-text.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { type FolderPath, parentFolder, rootFolder } from '#contract/folder-path.ts'

/** Stands where the list would be: why the folder cannot be shown, and the way on. */
export function FolderProblem({
  folder,
  error,
  isRetrying,
  onRetry,
  onOpenFolder,
}: {
  folder: FolderPath
  error: unknown
  isRetrying: boolean
  onRetry: () => void
  onOpenFolder: (folder: FolderPath) => void
}) {
  const parent = parentFolder(folder)
  if (error instanceof ApiError && error.code === 'not_found' && folder !== rootFolder) {
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
  const { title, nextStep } = errorText(error)
  return (
    <div role="alert">
      <EmptyState
        icon={<CloudOff />}
        title={title}
        action={
          <Button tone="primary" isPending={isRetrying} onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {nextStep}
      </EmptyState>
    </div>
  )
}
