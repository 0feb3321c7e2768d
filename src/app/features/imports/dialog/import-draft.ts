import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'

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
  const listeners = new Set<() => void>()
  let draft = empty
  let owner: string | null = null

  function change(next: Partial<ImportDraft>): void {
    draft = { ...draft, ...next }
    for (const listener of listeners) listener()
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    getSnapshot: () => draft,
    open: () => change({ isOpen: true }),
    /** Opens with `links` below what is there; one that is there already is not written again. */
    add(links: readonly string[]) {
      const lines = draft.text.trimEnd() === '' ? [] : draft.text.trimEnd().split('\n')
      const there = new Set(lines.map((line) => line.trim()))
      const text = [...lines, ...links.filter((link) => !there.has(link))].join('\n')
      change({ isOpen: true, text })
    },
    type: (text: string) => change({ text }),
    choose: (chosen: Partial<ImportOptions>) => change({ chosen: { ...draft.chosen, ...chosen } }),
    /** @param folder where the links would have gone */
    close: (folder: string) =>
      change({ isOpen: false, folder: draft.text.trim() === '' ? null : folder }),
    clear: () => change({ ...empty, isOpen: draft.isOpen }),
    /** Another account finds nothing; nobody, for a while, leaves all as it is. */
    connect(account: string | null) {
      if (account === null || account === owner) return
      owner = account
      change(empty)
    },
    /** It was started, or whoever typed it signed out. */
    reset: () => change(empty),
  }
}

export type ImportDraftStore = ReturnType<typeof createImportDraft>
