import { Link2 } from 'lucide-react'
import type { Access } from '#app/features/account/access-from-scopes.ts'
import { missingScope } from '#app/features/account/missing-scope.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { UploadMenu } from '#app/features/uploads/upload-menu.tsx'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { Button } from '#app/ui/button.tsx'
import { IconButton } from '#app/ui/icon-button.tsx'
import type { FolderPath } from '#contract/folder-path.ts'

/** What brings files into a folder: `Upload` and `Import links`; for a key that may do neither, why not. */
export function BringInButtons({
  folder,
  access,
  onFiles,
  onImport,
}: {
  folder: FolderPath
  access: Access
  onFiles: (files: UploadRequest[]) => void
  onImport: () => void
}) {
  const isCompact = useMediaQuery('(width < 64rem)')
  // Two buttons that never work would be furniture; one that does not, beside one that does, is a hint.
  if (!access.canUpload && !access.canImport) return <LookOnly />
  const importProps = {
    onClick: onImport,
    icon: <Link2 />,
    unavailableReason: access.canImport ? undefined : missingScope.import.reason,
  }
  return (
    <div className="flex shrink-0 items-center gap-2">
      {isCompact ? (
        <IconButton {...importProps} label="Import links" tone="outline" />
      ) : (
        <Button {...importProps}>Import links</Button>
      )}
      <UploadMenu folder={folder} canUpload={access.canUpload} onFiles={onFiles} />
    </div>
  )
}

function LookOnly() {
  return (
    <p className="min-w-0 text-muted text-xs">
      This key may only look. Uploading needs the scope “upload”, importing “import”.
    </p>
  )
}
