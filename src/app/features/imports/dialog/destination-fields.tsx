import { FolderTree } from 'lucide-react'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { IconButton } from '#app/ui/button.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { parseFileName } from '#contract/file-name.ts'
import { parseNewFolderPath } from '#contract/folder-path.ts'

type DestinationFieldsProps = {
  options: ImportOptions
  linkCount: number
  errors: Destination
  onChange: (changed: Partial<ImportOptions>) => void
  /** Null where folders cannot be listed. */
  onChooseFolder: (() => void) | null
}

/** The folder and name of a file import. */
export function DestinationFields({
  options,
  linkCount,
  errors,
  onChange,
  onChooseFolder,
}: DestinationFieldsProps) {
  if (options.type === 'video') {
    return <p className="text-muted text-sm">Each video gets a folder of its own title.</p>
  }
  const isAuto = options.type === 'auto'
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label="Folder"
        value={options.folder}
        onChange={(folder) => onChange({ folder })}
        error={errors.folderError}
        description={isAuto ? 'For files. Videos get their own.' : undefined}
        placeholder="/"
        end={
          onChooseFolder && (
            <IconButton
              label="Choose a folder"
              icon={<FolderTree />}
              size="small"
              onClick={onChooseFolder}
            />
          )
        }
        spellCheck={false}
      />
      <TextField
        label="File name"
        value={linkCount > 1 ? '' : options.fileName}
        onChange={(fileName) => onChange({ fileName })}
        error={errors.fileNameError}
        disabled={linkCount > 1}
        description={linkCount > 1 ? 'For one link only.' : 'As the link says, if empty.'}
        spellCheck={false}
      />
    </div>
  )
}

export type Destination = {
  folderError: string | null
  fileNameError: string | null
  /** With folder and name as the API takes them; '' if they do not apply. */
  options: ImportOptions
}

/** Validates folder and name. A video goes to a folder named after its title. */
export function readDestination(options: ImportOptions, linkCount: number): Destination {
  const isVideo = options.type === 'video'
  const folder = parseNewFolderPath(isVideo ? '/' : options.folder.trim())
  const typedName = isVideo || linkCount > 1 ? '' : options.fileName.trim()
  const fileName = typedName === '' ? null : parseFileName(typedName)
  return {
    folderError: folder.ok ? null : folder.rule,
    fileNameError: fileName && !fileName.ok ? fileName.rule : null,
    options: {
      ...options,
      folder: isVideo || !folder.ok ? '' : folder.value,
      fileName: fileName?.ok ? fileName.value : '',
    },
  }
}
