import { useId, useState } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { DestinationFields } from './destination-fields.tsx'
import type { ImportOptions } from './import-job.ts'
import { LinksField } from './links-field.tsx'
import { readDestination } from './read-destination.ts'
import { readLinkLines } from './read-link-lines.ts'
import { recallOptions, rememberOptions } from './remembered-options.ts'
import { VideoFields } from './video-fields.tsx'

export type ImportDialogProps = {
  isOpen: boolean
  /** What was pasted or dropped: the dialog opens with these. Empty when opened by its button. */
  links: readonly string[]
  /** Where file imports go unless another folder is typed. */
  folder: FolderPath
  canImport: boolean
  onOpenChange: (isOpen: boolean) => void
  onStart: (links: string[], options: ImportOptions) => void
}

/** The dialog `Import links`. Load it lazily: nothing of it is on the first screen. */
export function ImportDialog(props: ImportDialogProps) {
  // Each opening, and each new drop, begins anew.
  return props.isOpen ? <OpenDialog key={props.links.join('\n')} {...props} /> : null
}

function OpenDialog({ links, folder, canImport, onOpenChange, onStart }: ImportDialogProps) {
  const formId = useId()
  const [text, setText] = useState(links.join('\n'))
  const [options, setOptions] = useState(() => recallOptions(folder))
  const change = (changed: Partial<ImportOptions>) => setOptions({ ...options, ...changed })
  const { links: found, refused } = readLinkLines(text)
  const destination = readDestination(options, found.length)
  const unavailableReason = !canImport
    ? 'Importing links needs a key with the scope “import”.'
    : found.length === 0
      ? 'Type or paste a link that starts with http:// or https://.'
      : (destination.folderError ?? destination.fileNameError ?? undefined)

  const handleSubmit = () => {
    if (unavailableReason !== undefined) return
    rememberOptions(options)
    onStart(found, destination.options)
    onOpenChange(false)
  }

  return (
    <Dialog
      isOpen
      onOpenChange={onOpenChange}
      title="Import links"
      footer={
        <Button tone="primary" type="submit" form={formId} unavailableReason={unavailableReason}>
          Start import
        </Button>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4 py-1"
        onSubmit={(event) => {
          event.preventDefault()
          handleSubmit()
        }}
      >
        <LinksField
          text={text}
          count={found.length}
          refused={refused}
          onChange={setText}
          onSubmit={handleSubmit}
        />
        <VideoFields options={options} onChange={change} />
        <DestinationFields
          options={options}
          linkCount={found.length}
          errors={destination}
          onChange={change}
        />
      </form>
    </Dialog>
  )
}
