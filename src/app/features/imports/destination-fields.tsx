import { TextField } from '#app/ui/text-field.tsx'
import type { ImportOptions } from './import-job.ts'
import type { Destination } from './read-destination.ts'

type DestinationFieldsProps = {
  options: ImportOptions
  linkCount: number
  errors: Destination
  onChange: (changed: Partial<ImportOptions>) => void
}

/** Where a file goes and under which name. */
export function DestinationFields({
  options,
  linkCount,
  errors,
  onChange,
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
