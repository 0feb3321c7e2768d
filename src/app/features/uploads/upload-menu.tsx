import { ChevronDown, FileUp, FolderUp, Upload } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '#app/ui/button.tsx'
import { FileInput } from '#app/ui/file-input.tsx'
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
  const handleFiles = (files: File[]) => onFiles(placeFiles(chosenFiles(files), folder))
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
      <FileInput ref={filesRef} label="Files" chooses="files" onFiles={handleFiles} />
      <FileInput ref={folderRef} label="Folder" chooses="folder" onFiles={handleFiles} />
    </>
  )
}
