import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import type { CachePatch } from '#app/api/cache/queries.ts'
import { folderOf, type ItemPath } from '#app/api/cache/relocate.ts'
import { rowMarks } from '#app/features/files/folder/row-marks.ts'
import { useSnapshot } from '#app/lib/store.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { rowClipboard } from './clipboard.ts'
import { isGone, itemOf } from './item-path.ts'
import type { Asked, ManageProps } from './manage.tsx'
import { ManageDialog } from './manage-dialog.tsx'
import { describeTargets } from './manage-text.ts'
import { createManager } from './manager.ts'
import type { AllFiles } from './operations.ts'
import { startRename } from './start-rename.ts'
import { trashActions } from './trash-actions.ts'
import { UndoNotice } from './undo-notice.tsx'

/** Does what is asked of files and folders; its dialogs, and the notice of what was done. */
export function ManageScreens(
  props: ManageProps & { waiting: readonly Asked[]; onTaken: (taken: readonly Asked[]) => void },
) {
  const { waiting, folder } = props
  const onTaken = useEffectEvent(props.onTaken)
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
    putInto(
      { ...chosenBy(asked, manager.patch), what: asked.what === 'move' ? 'move' : 'copy' },
      to,
    )
  const choosePlace = (asked: Asked) =>
    asked.to === undefined ? setDialog(asked) : place(asked, asked.to)
  const hold = (asked: Asked) => {
    const isCut = asked.what === 'cut'
    clipboard.put({ folder: asked.folder, ...chosenBy(asked, manager.patch), isCut }, asked.targets)
    const words = `${describeTargets(asked.targets)} ${isCut ? 'cut' : 'copied'}`
    performer.say(`${words}. Paste in the folder where it is to go.`)
  }
  const handlers: Partial<Record<Asked['what'], (asked: Asked) => void>> = {
    undo: () => performer.undo(),
    paste,
    'new-folder': (asked) =>
      asked.to === undefined ? setDialog(asked) : void operations.createFolder(asked.to),
    delete(asked) {
      const { items, all } = chosenBy(asked, manager.patch)
      if (items.length > 0 || all) void operations.erase(items, undefined, all)
    },
    cut: hold,
    'copy-rows': hold,
    move: choosePlace,
    copy: choosePlace,
    restore: ({ targets }) => trash.restore(targets),
    'delete-for-ever': setDialog,
    'empty-trash': setDialog,
    rename({ targets: [target], folder }) {
      const isShown = () => latest.current.folder === folder
      if (target) startRename(manager, { target, folder, isShown })
    },
  }
  const handle = useEffectEvent((asked: Asked) => handlers[asked.what]?.(asked))

  const handled = useRef(new WeakSet<Asked>())
  useEffect(() => {
    const fresh = waiting.filter((asked) => !handled.current.has(asked))
    for (const asked of fresh) {
      handled.current.add(asked)
      handle(asked)
    }
    if (fresh.length > 0) onTaken(fresh)
  }, [waiting])
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

/**
 * The items that were meant: of a whole folder its folders, and all of its files. Not what is gone since: a
 * key may have been pressed again before that showed.
 */
function chosenBy({ targets, folder, wholeFiles }: Asked, patch: CachePatch): Chosen {
  const isWhole = wholeFiles !== undefined
  const meant = isWhole ? targets.filter(({ kind }) => kind === 'folder') : targets
  const items = meant.map((one) => itemOf(one, folder)).filter((item) => !isGone(patch, item))
  return isWhole ? { items, all: { path: folder, files: wholeFiles } } : { items }
}
