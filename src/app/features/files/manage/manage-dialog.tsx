import type { FolderPath } from '#contract/folder-path.ts'
import { DeleteQuestion } from './delete-question.tsx'
import { FolderPicker } from './folder-picker.tsx'
import type { Asked } from './manage.tsx'
import { describeTargets } from './manage-text.ts'
import type { Manager } from './manager.ts'
import { NewFolderDialog } from './new-folder-dialog.tsx'
import { giveBack } from './start-rename.ts'

export type ManageDialogProps = {
  asked: Asked
  folder: FolderPath
  manager: Manager
  /** Moves or copies to where it was chosen. */
  onPlace: (to: FolderPath) => void
  onDelete: () => void
  onClose: () => void
}

/** What has to be asked before it can be done: a name, a place, or whether it is meant. */
export function ManageDialog(props: ManageDialogProps) {
  const { asked, folder, manager, onClose } = props
  const { what, targets } = asked
  const create = (path: FolderPath) => void manager.operations.createFolder(path)
  if (what === 'new-folder') {
    return (
      <NewFolderDialog
        folder={folder}
        patch={manager.patch}
        onCreate={(path, key) => {
          create(path)
          onClose()
          giveBack({ kind: 'folder', key, name: '', path })
        }}
        onClose={onClose}
      />
    )
  }
  if (what === 'move' || what === 'copy') {
    return (
      <FolderPicker
        queries={manager.patch.queries}
        start={folder}
        description={`${what === 'move' ? 'Move' : 'Copy'} ${describeTargets(targets)} to …`}
        action={what === 'move' ? 'Move here' : 'Copy here'}
        refuse={(to) => whyNot(asked, to, folder)}
        onCreate={create}
        onChoose={(to) => {
          onClose()
          props.onPlace(to)
        }}
        onClose={onClose}
      />
    )
  }
  return (
    <DeleteQuestion
      targets={targets}
      onDelete={() => {
        onClose()
        props.onDelete()
      }}
      onClose={onClose}
    />
  )
}

/** Why they cannot go there; '' where they can. */
function whyNot({ what, targets }: Asked, to: FolderPath, here: FolderPath): string {
  const isInside = targets.some((one) => one.kind === 'folder' && to.startsWith(one.path))
  if (isInside) return 'A folder cannot go into itself.'
  return what === 'move' && to === here ? 'It is there already.' : ''
}
