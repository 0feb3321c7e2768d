import { useMemo, useState } from 'react'
import type { Entry } from './entry.ts'
import { nothingSelected, type Selection, toggleAll } from './selection.ts'
import type { Folder } from './use-folder.ts'

/** What is left of a folder once all that is loaded is selected. */
export type Rest = { isLoading: boolean; onLoad: () => void; onStop: () => void }

const nothing: readonly Entry[] = []

/**
 * What is selected among the rows that are shown. A row that a filter hides is neither counted nor acted
 * on; it is selected again when it is shown again.
 */
export function useSelection({
  shown,
  listing,
  activeKey,
}: {
  shown: readonly Entry[]
  listing: Folder
  /** The row that the keyboard begins at; null for the first. */
  activeKey: string | null
}) {
  const [selection, setSelection] = useState<Selection>({ ...nothingSelected, active: activeKey })
  const [wantsRest, setWantsRest] = useState(false)
  const chosen = useMemo(() => {
    const { chosen: keys } = selection
    return keys.size === 0 ? nothing : shown.filter((entry) => keys.has(entry.key))
  }, [shown, selection])
  const isAllShown = chosen.length > 0 && chosen.length === shown.length

  if (wantsRest && !listing.isLoadingAll) {
    setWantsRest(false)
    const order = shown.map((entry) => entry.key)
    if (listing.isComplete && !isAllShown) setSelection(toggleAll(selection, order))
  }
  const rest: Rest = {
    isLoading: wantsRest,
    onLoad() {
      setWantsRest(true)
      listing.loadAll()
    },
    onStop: listing.stopLoadingAll,
  }
  return {
    selection,
    chosen,
    setSelection(next: Selection) {
      // Who selects something else in the meantime does not want all.
      if (next.chosen !== selection.chosen) setWantsRest(false)
      setSelection(next)
    },
    /** The box over all rows: it is not fully checked as long as there are rows that are not. */
    box: chosen.length === 0 ? false : (isAllShown && listing.isComplete) || ('mixed' as const),
    rest: wantsRest || (isAllShown && !listing.isComplete) ? rest : null,
  }
}
