import { type ReactNode, useId, useRef, useState } from 'react'
import { missingScope } from '#app/api/http/api-key-text.ts'
import { readLinkLines } from '#app/features/imports/links/find-links.ts'
import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { useSnapshot } from '#app/lib/store.ts'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import type { FolderPath } from '#contract/folder-path.ts'
import { DestinationFields, readDestination } from './destination-fields.tsx'
import type { ImportDraftStore } from './import-draft.ts'
import { LinksField } from './links-field.tsx'
import { recallOptions, rememberOptions, VideoFields } from './video-fields.tsx'

export type ImportDialogProps = {
  draft: ImportDraftStore
  /** Where files go unless another folder is typed. */
  folder: FolderPath
  canImport: boolean
  onStart: (links: string[], options: ImportOptions) => void
  /** The dialog in which a folder is chosen; null where folders cannot be listed. */
  folderPicker: ((how: FolderPickerUse) => ReactNode) | null
}

export type FolderPickerUse = {
  /** As it was typed. */
  start: string
  onChoose: (folder: FolderPath) => void
  onClose: () => void
}

/** The dialog `Import links`. Load it on demand. */
export function ImportDialog(props: ImportDialogProps) {
  const { isOpen } = useSnapshot(props.draft)
  return isOpen ? <OpenDialog {...props} /> : null
}

function OpenDialog({ draft, folder, canImport, onStart, folderPicker }: ImportDialogProps) {
  const formId = useId()
  const form = useRef<HTMLFormElement>(null)
  const { text, chosen, ...kept } = useSnapshot(draft)
  const [usual] = useState(() => recallOptions(folder))
  const options = { ...usual, folder: kept.folder ?? folder, ...chosen }
  const { links: found, refused } = readLinkLines(text)
  const destination = readDestination(options, found.length)
  const unavailableReason = !canImport
    ? missingScope.import.reason
    : found.length === 0
      ? 'Type or paste a link that starts with http:// or https://.'
      : (destination.folderError ?? destination.fileNameError ?? undefined)
  const close = () => draft.close(options.folder)
  const [isChoosing, setIsChoosing] = useState(false)

  const handleSubmit = () => {
    if (unavailableReason !== undefined) return
    rememberOptions(options)
    onStart(found, destination.options)
    draft.reset()
  }
  const handleClear = () => {
    draft.clear()
    form.current?.querySelector('textarea')?.focus()
  }

  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || close()}
      title="Import links"
      footer={
        <>
          {(text !== '' || Object.keys(chosen).length > 0) && (
            <Button tone="quiet" className="mr-auto" onClick={handleClear}>
              Clear
            </Button>
          )}
          <Button tone="primary" type="submit" form={formId} unavailableReason={unavailableReason}>
            Start import
          </Button>
        </>
      }
    >
      <form
        ref={form}
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
          onChange={draft.type}
          onSubmit={handleSubmit}
        />
        <VideoFields options={options} onChange={draft.choose} />
        <DestinationFields
          options={options}
          linkCount={found.length}
          errors={destination}
          onChange={draft.choose}
          onChooseFolder={folderPicker && (() => setIsChoosing(true))}
        />
      </form>
      {isChoosing &&
        folderPicker?.({
          start: options.folder,
          onChoose(chosen) {
            draft.choose({ folder: chosen })
            setIsChoosing(false)
          },
          onClose: () => setIsChoosing(false),
        })}
    </Dialog>
  )
}
