import { CloudOff } from 'lucide-react'
import { Suspense } from 'react'
import { ApiError } from '#app/api/http/api-error.ts'
import { useErrorText } from '#app/features/files/folder/use-error-text.ts'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type FolderPath, parentFolder, rootFolder } from '#contract/folder-path.ts'

// Who is told that a folder is not there is connected, and can load this; the rest must not need that.
const FolderNotFound = lazyPart(async () => (await import('./empty-folder.tsx')).FolderNotFound, {
  first: true,
})

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
  const text = useErrorText(error)
  if (error instanceof ApiError && error.code === 'not_found' && folder !== rootFolder) {
    return (
      <Suspense fallback={null}>
        <FolderNotFound parent={parentFolder(folder)} onOpenFolder={onOpenFolder} />
      </Suspense>
    )
  }
  if (!text) return null
  return (
    <div role="alert">
      <EmptyState
        icon={<CloudOff />}
        title={text.title}
        action={
          <Button tone="primary" isPending={isRetrying} onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {text.nextStep}
      </EmptyState>
    </div>
  )
}
