import type { ImportOptions } from '#app/features/imports/queue/import-job.ts'
import { type TextStorage, tabStorage } from '#app/lib/browser/storage.ts'
import { createStore } from '#app/lib/store.ts'

/** The content of the dialog `Import links`, open or closed. */
export type ImportDraft = {
  readonly isOpen: boolean
  readonly text: string
  /** The options that were changed; the others are those of the last import. */
  readonly chosen: Partial<ImportOptions>
  /** By link: the options that it alone has. */
  readonly own: Readonly<Record<string, Partial<ImportOptions>>>
  /** By link: whether it is to be imported, where somebody said so. */
  readonly ticks: Readonly<Record<string, boolean>>
  /** The folder in sight when the dialog was closed with links in it; null without links. */
  readonly folder: string | null
}

const empty: ImportDraft = {
  ...{ isOpen: false, text: '', chosen: {}, own: {}, ticks: {}, folder: null },
}
/** Another number with each change of what is kept. */
const storedName = 'barkeep.import-draft-1'

/**
 * Keeps what was typed until it is started or cleared: Escape, a press beside the dialog, another screen,
 * further links and a reload lose nothing.
 *
 * @param storage of this tab
 */
export function createImportDraft(storage: TextStorage = tabStorage) {
  const { getSnapshot, subscribe, set } = createStore(empty)
  let owner: string | null = null

  function keep(next: ImportDraft) {
    set(next)
    const { isOpen: _, ...rest } = next
    if (owner !== null && next.text !== '') {
      storage.set(storedName, JSON.stringify({ owner, ...rest }))
    } else storage.remove(storedName)
  }
  const change = (some: Partial<ImportDraft>) => keep({ ...getSnapshot(), ...some })

  function restore(account: string): ImportDraft {
    try {
      const { owner: whose, ...kept } = JSON.parse(storage.get(storedName) ?? '')
      return whose === account && typeof kept.text === 'string' ? { ...empty, ...kept } : empty
    } catch {
      return empty
    }
  }

  return {
    subscribe,
    getSnapshot,
    open: () => change({ isOpen: true }),
    /** Opens the dialog and adds those of `links` that are not there yet. */
    add(links: readonly string[]) {
      const typed = getSnapshot().text.trimEnd()
      const lines = typed === '' ? [] : typed.split('\n')
      const there = new Set(lines.map((line) => line.trim()))
      const text = [...lines, ...links.filter((link) => !there.has(link))].join('\n')
      change({ isOpen: true, text })
    },
    type: (text: string) => change({ text }),
    choose: (chosen: Partial<ImportOptions>) =>
      change({ chosen: { ...getSnapshot().chosen, ...chosen } }),
    /** Gives one link options that the others have not. */
    chooseFor(link: string, chosen: Partial<ImportOptions>) {
      const { own } = getSnapshot()
      change({ own: { ...own, [link]: { ...own[link], ...chosen } } })
    },
    tick(links: readonly string[], isTicked: boolean) {
      const ticks = Object.fromEntries(links.map((link) => [link, isTicked]))
      change({ ticks: { ...getSnapshot().ticks, ...ticks } })
    },
    /** @param folder where the links would go */
    close: (folder: string) =>
      change({ isOpen: false, folder: getSnapshot().text.trim() === '' ? null : folder }),
    clear: () => keep({ ...empty, isOpen: getSnapshot().isOpen }),
    /** Another account finds it empty; null, for nobody, changes nothing. */
    connect(account: string | null) {
      if (account === null || account === owner) return
      owner = account
      set(restore(account))
    },
    /** After the import was started, or on signing out. */
    reset: () => keep(empty),
  }
}

export type ImportDraftStore = ReturnType<typeof createImportDraft>
