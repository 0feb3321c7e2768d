import type { ComponentType } from 'react'
import { createStore, useSnapshot } from '#app/lib/store.ts'
import type { FolderPath } from '#contract/folder-path.ts'

/** The row whose name is a field. */
export type Renaming = {
  key: string
  /** What stands for the name. Comes with the code that renames: no row waits for it. */
  Field: ComponentType<{ renaming: Renaming }>
  isFolder: boolean
  /** What the field begins with. */
  name: string
  /** Why the name before was refused; '' for the first one. */
  error: string
  /** The answer says why not; '' where it is on its way. */
  submit: (name: string) => string
  /** Gives the keyboard back to the row where it had it. */
  end: () => void
}

export type RowMarks = {
  folder: FolderPath | null
  renaming: Renaming | null
  /** The keys of rows that wait to be pasted elsewhere. */
  cut: ReadonlySet<string>
  cutIn: FolderPath | null
}

const nothing: ReadonlySet<string> = new Set()

/** What is being done with rows of the list. */
export const rowMarks = createStore<RowMarks>({
  folder: null,
  renaming: null,
  cut: nothing,
  cutIn: null,
})

/** What is being done with each row of `folder`, by its key. */
export function useRowMarks(folder: FolderPath) {
  const marks = useSnapshot(rowMarks)
  return (key: string) => ({
    isCut: marks.cutIn === folder && marks.cut.has(key),
    renaming: marks.folder === folder && marks.renaming?.key === key ? marks.renaming : null,
  })
}
