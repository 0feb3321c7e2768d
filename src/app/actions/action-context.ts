import { useEffect } from 'react'
import type { FolderPath } from '#contract/folder-path.ts'
import type { ShareKind } from '#contract/shares.ts'

/** A file or folder that an action is about. */
export type Target = { key: string; name: string } & (
  | { kind: 'folder'; path: FolderPath }
  /** `link` is null where the listing held none that is of use. */
  | { kind: 'file'; link: string | null }
  /** Of the trash; `key` is its id there. */
  | { kind: 'trashed' }
)

/** What can be asked for of files and folders; `targets` are empty for what is about the folder. */
export type ManageStep =
  | 'rename'
  | 'move'
  | 'copy'
  | 'cut'
  | 'copy-rows'
  | 'paste'
  | 'delete'
  | 'new-folder'
  | 'undo'
  | 'restore'
  | 'delete-for-ever'
  | 'empty-trash'

/** What the parts of the screen that are there can do; what is missing cannot be done just now. */
export type Abilities = {
  chooseFiles: (what: 'files' | 'folder') => void
  importLinks: () => void
  /** A folder in the list, a file in the viewer. */
  open: (target: Target) => void
  /** One folder up; missing at the root. */
  goUp: () => void
  /** Of a button that shows that it worked; otherwise it is told. */
  copyText: (text: string) => void
  refresh: () => void
  focusFilter: () => void
  /** Puts the keyboard on the row that Tab reaches. */
  focusList: () => void
  targetOf: (element: Element) => Target | null
  /** The target's own address, whole. */
  addressOf: (target: Target) => string
  /**
   * Selects the row with this key (unless `keepsSelection`), brings it into sight and gives it the keyboard;
   * false where it is not.
   */
  reveal: (key: string, keepsSelection?: boolean) => boolean
  /** The keyboard goes on from this row. */
  moveTo: (target: Target) => void
  isSelected: (target: Target) => boolean
  toggle: (target: Target) => void
  selectAll: () => void
  /** Missing while nothing is selected. */
  clearSelection: () => void
  /** The rows that are selected. */
  selection: () => readonly Target[]
  /** The same where they stand for all of the folder, with the files that are not loaded; else null. */
  wholeSelection: () => { targets: readonly Target[]; files: number } | null
  openMenu: (element: Element) => void
  /** Missing where the server cannot, or the key may not. `to`: where it goes, or the folder that is made, if that is known. */
  manage: (what: ManageStep, targets: readonly Target[], to?: FolderPath) => void
  /** Missing where the server makes no links for others, or the key may not. Without targets: the folder. */
  share: (kind: ShareKind, targets: readonly Target[]) => void
  /** `zip`: saves all of them as one file; `links`: gives their links in several forms. */
  takeAway: (what: 'zip' | 'links', targets: readonly Target[]) => void
  /** Takes rows that were cut or copied here, if `text` is what stands for them; false for other text. */
  pasteRows: (text: string) => boolean
  /** Each is missing while it would change nothing. */
  showAsList: () => void
  showAsTiles: () => void
  /** By this column; where it is sorted by that already, the other way round. */
  sortBy: (column: 'name' | 'size' | 'uploaded') => void
  /** Of what is selected, or of the row with the keyboard. */
  toggleDetails: () => void
  showTransfers: () => void
  hideTransfers: () => void
  showPalette: () => void
  showShortcuts: () => void
  signOut: () => void
}

export type ActionContext = Partial<Abilities> & {
  /** Of the key that is connected. */
  scopes: readonly string[]
  targets: readonly Target[]
  canUndo?: boolean
  canPaste?: boolean
}

const nothing: ActionContext = { scopes: [], targets: [] }
const lent = new Set<Partial<ActionContext>>()

/** Lends to the actions what this part of the screen can do, for as long as it is there. */
export function useAbilities(part: Partial<ActionContext>): void {
  useEffect(() => {
    lent.add(part)
    return () => void lent.delete(part)
  })
}

/** All that can be done now. */
export function currentContext(targets: readonly Target[] = []): ActionContext {
  return Object.assign({}, nothing, ...lent, { targets })
}

/** What can be managed of `targets`, where it can: asked for when it is done, for it may be lent later. */
export function manageContext(targets: readonly Target[], canShare = false): ActionContext {
  const manage: Abilities['manage'] = (...asked) => currentContext().manage?.(...asked)
  const share: Abilities['share'] = (...asked) => currentContext().share?.(...asked)
  return { scopes: ['manage'], targets, manage, ...(canShare && { share }) }
}
