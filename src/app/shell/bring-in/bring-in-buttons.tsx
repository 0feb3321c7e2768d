import { ChevronDown, FileUp, FolderUp, Link2, Upload } from 'lucide-react'
import { type Access, missingScope } from '#app/features/account/scopes.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { useMediaQuery } from '#app/lib/use-media-query.ts'
import { Button, IconButton } from '#app/ui/button.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { Menu } from '#app/ui/overlay/triggers.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { chosenFiles, placeFiles } from './place-files.ts'

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

export type UploadMenuProps = {
  folder: FolderPath
  /** False: shown as unavailable with the reason. */
  canUpload: boolean
  onFiles: (requests: UploadRequest[]) => void
}

/** The button `Upload` and its menu `Upload files`, `Upload folder`. */
function UploadMenu({ folder, canUpload, onFiles }: UploadMenuProps) {
  const choose = async (what: 'files' | 'folder') =>
    onFiles(placeFiles(chosenFiles(await chooseFiles(what)), folder))
  const button = (
    <Button
      tone="primary"
      icon={<Upload />}
      unavailableReason={canUpload ? undefined : 'Uploading needs a key with the scope “upload”.'}
    >
      {/* The narrowest screens need the room for the filter; the arrow up says it too. */}
      <span className="max-[22rem]:sr-only max-sm:short:sr-only">Upload</span>
      {canUpload && <ChevronDown aria-hidden="true" className="-mr-1 opacity-70" />}
    </Button>
  )
  if (!canUpload) return button
  return (
    <Menu
      trigger={button}
      items={[
        { label: 'Upload files', icon: <FileUp />, onSelect: () => void choose('files') },
        { label: 'Upload folder', icon: <FolderUp />, onSelect: () => void choose('folder') },
      ]}
    />
  )
}
