import { ChevronDown, FileUp, FolderUp, Upload } from 'lucide-react'
import { type ChangeEvent, useRef } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Menu } from '#app/ui/menu.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { chosenFiles, placeFiles } from './place-files.ts'
import type { UploadRequest } from './upload.ts'

export type UploadMenuProps = {
  folder: FolderPath
  /** False: shown as unavailable with the reason. */
  canUpload: boolean
  onFiles: (requests: UploadRequest[]) => void
}

/** The button `Upload` and its menu `Upload files`, `Upload folder`. */
export function UploadMenu({ folder, canUpload, onFiles }: UploadMenuProps) {
  const filesRef = useRef<HTMLInputElement>(null)
  const folderRef = useRef<HTMLInputElement>(null)
  const handleChange = (event: ChangeEvent<HTMLInputElement>) => {
    const files = chosenFiles(event.target.files)
    // Without this, choosing the same files once more would be no change.
    event.target.value = ''
    if (files.length > 0) onFiles(placeFiles(files, folder))
  }
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
    <>
      <Menu
        trigger={button}
        items={[
          { label: 'Upload files', icon: <FileUp />, onSelect: () => filesRef.current?.click() },
          {
            label: 'Upload folder',
            icon: <FolderUp />,
            onSelect: () => folderRef.current?.click(),
          },
        ]}
      />
      <input
        ref={filesRef}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={handleChange}
      />
      <input
        ref={(input) => {
          // React knows no attribute for it.
          if (input) input.webkitdirectory = true
          folderRef.current = input
        }}
        type="file"
        hidden
        aria-label="Folder"
        onChange={handleChange}
      />
    </>
  )
}
