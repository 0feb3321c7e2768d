import { useMemo, useState } from 'react'
import { useAbilities } from '#app/actions/action-context.ts'
import type { Access } from '#app/api/http/api-key-text.ts'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { Folder } from '#app/features/files/folder/use-folder.ts'
import type { ListStep } from './list-keys.ts'

/**
 * What is chosen in a list, and where the keyboard is. Keys, not positions: pages may be added and a
 * filter may hide rows while something is chosen.
 */
export type Selection = {
  readonly chosen: ReadonlySet<string>
  /** Where a range begins; the last row that was chosen without Shift. */
  readonly anchor: string | null
  /** The row that has the focus, or would get it. */
  readonly active: string | null
}

export const nothingSelected: Selection = { chosen: new Set(), anchor: null, active: null }

/**
 * `only`: this row alone; `toggle`: this row in or out; `range`: from the anchor to this row. An `order` has
 * '' for each row that is not loaded, and so is not chosen.
 */
export type SelectMode = 'only' | 'toggle' | 'range'

export function select(
  selection: Selection,
  key: string,
  how: { mode: SelectMode; order: readonly string[] },
): Selection {
  if (how.mode === 'range') return selectRange(selection, key, how.order)
  if (how.mode === 'only') return { chosen: new Set([key]), anchor: key, active: key }
  const chosen = new Set(selection.chosen)
  if (!chosen.delete(key)) chosen.add(key)
  return { chosen, anchor: key, active: key }
}

function selectRange(selection: Selection, key: string, order: readonly string[]): Selection {
  const from = order.indexOf(selection.anchor ?? selection.active ?? key)
  const to = order.indexOf(key)
  const start = from === -1 ? to : Math.min(from, to)
  const chosen = new Set(order.slice(start, Math.max(from, to) + 1))
  chosen.delete('')
  return { chosen, anchor: order[from === -1 ? to : from] ?? key, active: key }
}

/** All of `order` that is loaded, or nothing when all of it is chosen already. */
export function toggleAll(selection: Selection, order: readonly string[]): Selection {
  const keys = order.filter((key) => key !== '')
  const isAll = keys.length > 0 && keys.every((key) => selection.chosen.has(key))
  return { ...selection, chosen: new Set(isAll ? [] : keys) }
}

export function clearSelection(selection: Selection): Selection {
  return selection.chosen.size === 0 ? selection : { ...selection, chosen: new Set() }
}

/** Moves the focus without choosing anything. */
export function moveTo(selection: Selection, key: string): Selection {
  return selection.active === key ? selection : { ...selection, active: key }
}

/** What a key that moves does to the choice; `index` is the row that had the keyboard. */
export function takeStep(
  selection: Selection,
  step: ListStep,
  { order, index }: { order: readonly string[]; index: number },
): Selection {
  const here = order[index] ?? ''
  const there = order[step.index] ?? here
  if (step.do === 'move') return moveTo(selection, there)
  const from = selection.active === null ? moveTo(selection, here) : selection
  return select(from, there, { mode: 'range', order })
}

/** What is left of a folder once all that is loaded is selected. */
export type Rest = {
  isLoading: boolean
  /** Files that one request brings. */
  pageSize: number
  onLoad: () => void
  onStop: () => void
}

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
    pageSize: listing.pageSize,
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

/** How many files there are where the selection stands for all of the folder, loaded or not; else null. */
export function useLentSelection(
  { access, filter, listing }: { access: Access; filter: string; listing: Folder },
  { chosen, rest }: ReturnType<typeof useSelection>,
): number | null {
  const isWhole = access.canManage && rest !== null && filter.trim() === ''
  const files = isWhole ? listing.total : null
  useAbilities({
    selection: () => chosen,
    wholeSelection: () => (files === null ? null : { targets: chosen, files }),
  })
  return files
}
