import type { FolderPath } from '#contract/folder-path.ts'
import type { ImportOptions } from './import-job.ts'

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
export function ImportDialog(_props: ImportDialogProps) {
  return null
}
