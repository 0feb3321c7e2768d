import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { createStore } from '#app/lib/store.ts'

/** What the dialog `Import links` holds, open or closed. */
export type ImportDraft = {
  readonly isOpen: boolean
  readonly text: string
  /** What was chosen by hand; all else is as in the last import. */
  readonly chosen: Partial<ImportOptions>
  /** The folder that was in sight when the dialog was closed over links; null while there are none. */
  readonly folder: string | null
}

const empty: ImportDraft = { isOpen: false, text: '', chosen: {}, folder: null }

/**
 * Keeps what was typed for an import until it is started or cleared on purpose: Escape, a press beside
 * the dialog, another screen and further links lose nothing. Outlives every screen.
 */
export function createImportDraft() {
  const { getSnapshot, subscribe, set, update } = createStore(empty)
  let owner: string | null = null

  return {
    subscribe,
    getSnapshot,
    open: () => update({ isOpen: true }),
    /** Opens with `links` below what is there; one that is there already is not written again. */
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
    /** @param folder where the links would have gone */
    close: (folder: string) =>
      update({ isOpen: false, folder: getSnapshot().text.trim() === '' ? null : folder }),
    clear: () => set({ ...empty, isOpen: getSnapshot().isOpen }),
    /** Another account finds nothing; nobody, for a while, leaves all as it is. */
    connect(account: string | null) {
      if (account === null || account === owner) return
      owner = account
      set(empty)
    },
    /** It was started, or whoever typed it signed out. */
    reset: () => set(empty),
  }
}

export type ImportDraftStore = ReturnType<typeof createImportDraft>
