import { ChevronDown, Upload } from 'lucide-react'
import { useAbilities } from '#app/actions/action-context.ts'
import { actionItem, actionItems } from '#app/actions/registry.ts'
import { looksOnly } from '#app/api/http/api-key-text.ts'
import type { UploadRequest } from '#app/features/uploads/upload.ts'
import { useMediaQuery } from '#app/lib/browser/use-media-query.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button, IconButton } from '#app/ui/button.tsx'
import { chooseFiles } from '#app/ui/choose-files.ts'
import { Menu } from '#app/ui/overlay/triggers.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { notLoaded } from './bring-in.tsx'

/** The code for it is not for the first screen. */
async function placeChosen(chosen: readonly File[], folder: FolderPath): Promise<UploadRequest[]> {
  const { chosenFiles, placeFiles } = await import('./place-files.ts')
  return placeFiles(chosenFiles(chosen), folder)
}

/** What brings files into a folder: `Upload` and `Import links`; for a key that may do neither, why not. */
export function BringInButtons({
  folder,
  scopes,
  onFiles,
  onImport,
}: {
  folder: FolderPath
  /** Of the key that is connected. */
  scopes: readonly string[]
  /** Rejects if they could not be taken. */
  onFiles: (files: UploadRequest[]) => Promise<void>
  onImport: () => void
}) {
  const isCompact = useMediaQuery('(width < 64rem)')
  const abilities = {
    importLinks: onImport,
    chooseFiles: (what: 'files' | 'folder') =>
      chooseFiles(what)
        .then((chosen) => placeChosen(chosen, folder))
        .then(onFiles)
        .catch(() => announce(notLoaded)),
  }
  useAbilities(abilities)
  // Two buttons that never work would be furniture; one that does not, beside one that does, is a hint.
  if (!scopes.includes('upload') && !scopes.includes('import')) {
    return <p className="min-w-0 text-muted text-xs">{looksOnly}</p>
  }
  const context = { scopes, targets: [], ...abilities }
  const { label, icon, unavailableReason, onSelect } = actionItem('import-links', context)
  const importProps = { icon, unavailableReason, onClick: onSelect }
  const uploads = actionItems(['upload-files', 'upload-folder'], context)
  const whyNoUpload = uploads[0]?.unavailableReason
  const upload = (
    <Button tone="primary" icon={<Upload />} unavailableReason={whyNoUpload}>
      {/* The narrowest screens need the room for the filter; the arrow up says it too. */}
      <span className="max-[22rem]:sr-only max-sm:short:sr-only">Upload</span>
      {!whyNoUpload && <ChevronDown aria-hidden="true" className="-mr-1 opacity-70" />}
    </Button>
  )
  return (
    <div className="flex shrink-0 items-center gap-2">
      {isCompact ? (
        <IconButton {...importProps} label={label} tone="outline" />
      ) : (
        <Button {...importProps}>{label}</Button>
      )}
      {whyNoUpload ? upload : <Menu trigger={upload} items={uploads} />}
    </div>
  )
}
