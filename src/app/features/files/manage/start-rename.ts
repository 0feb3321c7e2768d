import { currentContext, type Target } from '#app/actions/action-context.ts'
import { folderKey } from '#app/features/files/folder/entry.ts'
import { rowMarks } from '#app/features/files/folder/row-marks.ts'
import { isDialogOpen, isTypedIn } from '#app/lib/browser/keyboard-focus.ts'
import { parseFileName } from '#contract/file-name.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { isTaken, itemOf } from './item-path.ts'
import { quoted } from './manage-text.ts'
import type { Manager } from './manager.ts'
import { RenameField } from './rename-field.tsx'

/**
 * Makes the name of a row a text field. A name that is refused, here or by the server, comes back into the
 * field as it was typed, with the reason.
 */
export function startRename(
  manager: Manager,
  place: { target: Target; folder: FolderPath; isShown: () => boolean },
  typed = { name: place.target.name, error: '' },
): void {
  const { target, folder } = place
  const isFolder = target.kind === 'folder'
  const submit = (text: string) => {
    const from = itemOf(target, folder)
    // A name with a space at its end stays as it is.
    const wanted = text === target.name ? text : text.trim()
    const name = parseFileName(wanted, isFolder ? 'Folder names' : 'File names')
    if (wanted === target.name) {
      end()
      return ''
    }
    if (!name.ok) return name.rule
    const to = folder + name.value + (isFolder ? '/' : '')
    if (isTaken(manager.patch, to))
      return `${quoted(name.value)} is taken here. Choose another name.`
    end(keyOf(target, name.value))
    void manager.operations.rename(from, name.value, (message) => {
      if (!place.isShown()) return false
      startRename(manager, place, { name: text, error: message })
      return true
    })
    return ''
  }
  const field = { Field: RenameField, isFolder, ...typed, submit, end }
  rowMarks.update({ folder, renaming: { key: target.key, ...field } })

  function end(key = target.key) {
    const hasKeyboard = isTypedIn(document.activeElement)
    rowMarks.update({ renaming: null })
    // Who left the field for something else stays there.
    if (hasKeyboard) giveBack({ ...target, key })
  }
}

/** Frames in which a row is looked for that is on its way. */
const mostFrames = 20

/** Gives the row the keyboard, unless somebody types elsewhere by then. */
export function giveBack(target: Target, frame = 0): void {
  currentContext().moveTo?.(target)
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(
      `[role=grid] [data-key="${CSS.escape(target.key)}"]`,
    )
    if (isTypedIn(document.activeElement) || isDialogOpen()) return
    if (row) row.focus()
    else if (frame < mostFrames) giveBack(target, frame + 1)
  })
}

/** Of the row after it was renamed: a link is the same. */
function keyOf(target: Target, name: string): string {
  if (target.kind === 'folder') return folderKey(name)
  return target.kind === 'file' && target.link ? target.key : `file ${name}`
}
