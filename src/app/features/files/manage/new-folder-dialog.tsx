import { useId, useState } from 'react'
import type { CachePatch } from '#app/api/cache/queries.ts'
import { folderKey } from '#app/features/files/folder/entry.ts'
import { Button } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import {
  childFolder,
  type FolderPath,
  folderName,
  parseNewFolderPath,
} from '#contract/folder-path.ts'
import { isTaken } from './item-path.ts'
import { describeFolder, quoted } from './manage-text.ts'

/** The dialog `New folder`: asks for its name. */
export function NewFolderDialog({
  folder,
  patch,
  onCreate,
  onClose,
}: {
  folder: FolderPath
  patch: CachePatch
  /** `key`: of its row. */
  onCreate: (path: FolderPath, key: string) => void
  onClose: () => void
}) {
  const formId = useId()
  const [name, setName] = useState('')
  const [error, setError] = useState('')
  const submit = () => {
    const read = readNewFolder(patch, folder, name)
    if (typeof read === 'string') return setError(read)
    onCreate(read.path, folderKey(folderName(read.path)))
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="New folder"
      description={`In ${describeFolder(folder)}`}
      focusAtEnd={(opener) =>
        // Its row is drawn by now: the list keeps the one that the keyboard goes on from.
        document.querySelector<HTMLElement>('[role=grid] [data-key][tabindex="0"]') ?? opener
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={formId}>
            Create
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextField
          label="Folder name"
          value={name}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          error={error}
          onChange={(text) => {
            setName(text)
            setError('')
          }}
        />
      </form>
    </Dialog>
  )
}

/** The folder that a name makes in `folder`, or why it cannot be made. */
export function readNewFolder(
  patch: CachePatch,
  folder: FolderPath,
  name: string,
): { path: FolderPath } | string {
  const wanted = name.trim()
  if (wanted === '') return 'Type a name.'
  if (/[/\\]/.test(wanted)) return 'Folder names must not contain "/" or "\\".'
  const path = parseNewFolderPath(childFolder(folder, wanted))
  if (!path.ok) return path.rule
  return isTaken(patch, path.value)
    ? `${quoted(wanted)} is taken here. Choose another name.`
    : { path: path.value }
}
