import { currentContext } from '#app/actions/action-context.ts'
import type { Queries } from '#app/api/cache/queries.ts'
import { FolderPicker } from '#app/features/files/manage/folder-picker.tsx'
import type { FolderPickerUse } from '#app/features/imports/dialog/import-dialog.tsx'
import { parseFolderPath, rootFolder } from '#contract/folder-path.ts'

/** The files' folder picker, lent to the dialog of the imports and to what other apps share. */
export function ImportFolderPicker({
  queries,
  start,
  description = 'Where imported files go',
  action = 'Choose',
  ...rest
}: FolderPickerUse & { queries: Queries; description?: string; action?: string }) {
  const typed = parseFolderPath(start.trim())
  const { manage } = currentContext()
  return (
    <FolderPicker
      {...rest}
      queries={queries}
      start={typed.ok ? typed.value : rootFolder}
      description={description}
      action={action}
      refuse={() => ''}
      onCreate={manage ? (path) => manage('new-folder', [], path) : null}
    />
  )
}
