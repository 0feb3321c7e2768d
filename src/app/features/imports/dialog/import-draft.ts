import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { createStore } from '#app/lib/store.ts'

/** The content of the dialog `Import links`, open or closed. */
export type ImportDraft = {
  readonly isOpen: boolean
  readonly text: string
  /** The options that were changed; the others are those of the last import. */
  readonly chosen: Partial<ImportOptions>
  /** The folder in sight when the dialog was closed with links in it; null without links. */
  readonly folder: string | null
}

const empty: ImportDraft = { isOpen: false, text: '', chosen: {}, folder: null }

/**
 * Keeps what was typed until it is started or cleared: Escape, a press beside the dialog, another screen
 * and further links lose nothing.
 */
export function createImportDraft() {
  const { getSnapshot, subscribe, set, update } = createStore(empty)
  let owner: string | null = null

  return {
    subscribe,
    getSnapshot,
    open: () => update({ isOpen: true }),
    /** Opens the dialog and adds those of `links` that are not there yet. */
    add(links: readonly string[]) {
      const typed = getSnapshot().text.trimEnd()
      const lines = typed === '' ? [] : typed.split('\n')
      const there = new Set(lines.map((line) => line.trim()))
      const text = [...lines, ...links.filter((link) => !there.has(link))].join('\n')
      update({ isOpen: true, text })
    },
    type: (text: string) => update({ text }),
    choose: (chosen: Partial<ImportOptions>) =>
      update({ chosen: { ...getSnapshot().chosen, ...chosen } }),
    /** @param folder where the links would go */
    close: (folder: string) =>
      update({ isOpen: false, folder: getSnapshot().text.trim() === '' ? null : folder }),
    clear: () => set({ ...empty, isOpen: getSnapshot().isOpen }),
    /** Another account finds it empty; null, for nobody, changes nothing. */
    connect(account: string | null) {
      if (account === null || account === owner) return
      owner = account
      set(empty)
    },
    /** After the import was started, or on signing out. */
    reset: () => set(empty),
  }
}

export type ImportDraftStore = ReturnType<typeof createImportDraft>
