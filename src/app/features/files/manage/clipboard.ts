import type { Target } from '#app/actions/action-context.ts'
import type { ItemPath } from '#app/api/cache/relocate.ts'
import { rowMarks } from '#app/features/files/folder/row-marks.ts'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { createStore } from '#app/lib/store.ts'
import type { FolderPath } from '#contract/folder-path.ts'
import { itemOf } from './item-path.ts'
import type { AllFiles } from './operations.ts'

export type CopiedRows = {
  folder: FolderPath
  items: readonly ItemPath[]
  isCut: boolean
  /** All files of the folder, beside the items. */
  all?: AllFiles | undefined
}

/**
 * Rows that were cut or copied. Their paths go to the system's clipboard as text: what was copied last,
 * here or in another program, is what is pasted.
 */
export function rowClipboard() {
  const { getSnapshot, subscribe, set } = createStore<(CopiedRows & { text: string }) | null>(null)
  return {
    getSnapshot,
    subscribe,
    put(rows: CopiedRows, targets: readonly Target[]) {
      const text = targets.map((target) => itemOf(target, rows.folder)).join('\n')
      set({ ...rows, text })
      const cut = new Set(rows.isCut ? targets.map(({ key }) => key) : [])
      rowMarks.update({ cut, cutIn: rows.folder })
      void copyText(text)
    },
    /** What was copied can be pasted again; what was cut is moved once. */
    take(): CopiedRows | null {
      const rows = getSnapshot()
      if (rows?.isCut) {
        set(null)
        rowMarks.update({ cut: new Set(), cutIn: null })
      }
      return rows
    },
  }
}
