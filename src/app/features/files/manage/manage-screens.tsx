import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import { folderOf, type ItemPath } from '#app/api/cache/relocate.ts'
import { rowMarks } from '#app/features/files/folder/row-marks.ts'
import { useSnapshot } from '#app/lib/store.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { rowClipboard } from './clipboard.ts'
import { itemOf } from './item-path.ts'
import type { Asked, ManageProps } from './manage.tsx'
import { ManageDialog } from './manage-dialog.tsx'
import { describeTargets } from './manage-text.ts'
import { createManager } from './manager.ts'
import type { AllFiles } from './operations.ts'
import { startRename } from './start-rename.ts'
import { trashActions } from './trash-actions.ts'
import { UndoNotice } from './undo-notice.tsx'

/** Does what is asked of files and folders; its dialogs, and the notice of what was done. */
export function ManageScreens(props: ManageProps & { asked: Asked }) {
  const { asked, folder } = props
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const [manager] = useState(() =>
    createManager({
      ...props,
      folder: () => latest.current.folder,
      onOpenFolder: (path) => latest.current.onOpenFolder(path),
    }),
  )
  const [clipboard] = useState(rowClipboard)
  const { performer, operations } = manager
  const { notice, undos } = useSnapshot(performer.state)
  const copied = useSnapshot(clipboard)
  const [dialog, setDialog] = useState<Asked | null>(null)

  const trash = trashActions(manager, props)
  const paste = () => {
    const rows = clipboard.take()
    if (!rows) return
    if (rows.isCut) putInto({ ...rows, what: 'move' }, folder)
    else putInto({ ...rows, what: 'copy' }, folder)
  }
  const putInto = ({ what, items, all }: Chosen & { what: 'move' | 'copy' }, to: FolderPath) => {
    if (all?.path === to) performer.say('It is in this folder already')
    else if (what === 'copy') void operations.copy(items, to, all)
    else if (items.some((item) => folderOf(item) !== to) || all) {
      void operations.move(items, to, undefined, all)
    } else performer.say('It is in this folder already')
  }
  const place = (asked: Asked, to: FolderPath) =>
    putInto({ ...chosenBy(asked, folder), what: asked.what === 'move' ? 'move' : 'copy' }, to)
  const choosePlace = (asked: Asked) =>
    asked.to === undefined ? setDialog(asked) : place(asked, asked.to)
  const hold = (asked: Asked) => {
    const isCut = asked.what === 'cut'
    clipboard.put({ folder, ...chosenBy(asked, folder), isCut }, asked.targets)
    const words = `${describeTargets(asked.targets)} ${isCut ? 'cut' : 'copied'}`
    performer.say(`${words}. Paste in the folder where it is to go.`)
  }
  const handlers: Partial<Record<Asked['what'], (asked: Asked) => void>> = {
    undo: () => performer.undo(),
    paste,
    'new-folder': (asked) =>
      asked.to === undefined ? setDialog(asked) : void operations.createFolder(asked.to),
    delete(asked) {
      const { items, all } = chosenBy(asked, folder)
      void operations.erase(items, undefined, all)
    },
    cut: hold,
    'copy-rows': hold,
    move: choosePlace,
    copy: choosePlace,
    restore: ({ targets }) => trash.restore(targets),
    'delete-for-ever': setDialog,
    'empty-trash': setDialog,
    rename({ targets: [target] }) {
      const isShown = () => latest.current.folder === folder
      if (target) startRename(manager, { target, folder, isShown })
    },
  }
  const handle = useEffectEvent((asked: Asked) => handlers[asked.what]?.(asked))

  const handled = useRef<Asked | null>(null)
  useEffect(() => {
    if (handled.current === asked) return
    handled.current = asked
    handle(asked)
  }, [asked])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another folder ends it
  useEffect(() => () => rowMarks.update({ renaming: null }), [folder])
  useAbilities({
    canUndo: undos > 0,
    canPaste: copied !== null,
    pasteRows(text) {
      if (copied === null || text.trim() !== copied.text) return false
      paste()
      return true
    },
  })

  const close = () => setDialog(null)
  return (
    <>
      {notice && <UndoNotice notice={notice} onUndo={performer.undo} onClose={performer.close} />}
      {dialog && (
        <ManageDialog
          asked={dialog}
          folder={folder}
          manager={manager}
          onPlace={(to) => place(dialog, to)}
          onDelete={() => trash.deleteForEver(dialog)}
          onClose={close}
        />
      )}
    </>
  )
}

type Chosen = { items: readonly ItemPath[]; all?: AllFiles | undefined }

/** The items that were meant: of a whole folder its folders, and all of its files. */
function chosenBy({ targets, wholeFiles }: Asked, folder: FolderPath): Chosen {
  if (wholeFiles === undefined) return { items: targets.map((one) => itemOf(one, folder)) }
  const folders = targets.filter(({ kind }) => kind === 'folder')
  return {
    items: folders.map((one) => itemOf(one, folder)),
    all: { path: folder, files: wholeFiles },
  }
}
