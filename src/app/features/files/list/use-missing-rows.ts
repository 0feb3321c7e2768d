import { useEffect, useState } from 'react'
import type { Entry } from '#app/features/files/folder/entry.ts'
import type { ListStep } from '#app/features/files/selection/list-keys.ts'
import { type Selection, takeStep } from '#app/features/files/selection/selection.ts'
import { keysOf } from '#app/features/files/selection/use-list-events.ts'
import { tell } from '#app/ui/announcer.tsx'

/** Rows beyond those drawn that are asked for before they come into sight. */
const ahead = 100
/** Who drags the scroll bar passes many pages: only the one where they stop for so long is asked for. */
const restMs = 80

type List = {
  /** `undefined` for one that is there and not loaded. */
  entries: readonly (Entry | undefined)[]
  isLoading: boolean
  /** Off after a page that failed: it would be asked for again and again. */
  loadsAtEnd: boolean
  onMissing: (index: number) => void
}

type Range = { first: number; end: number }

/** Asks for what is drawn and not loaded, and for what comes next; tells whether any is in sight. */
export function useMissingRows(list: List, range: Range): boolean {
  const { entries, isLoading, loadsAtEnd, onMissing } = list
  const inSight = findMissing(entries, range)
  const next = inSight < 0 ? findNear(entries, range) : -1
  useEffect(() => {
    if (isLoading || !loadsAtEnd) return
    if (next >= 0) onMissing(next)
    if (inSight < 0) return
    let frame = 0
    // Where frames take longer than the rest, the next one tells whether it goes on.
    const timer = setTimeout(() => {
      frame = requestAnimationFrame(() => onMissing(inSight))
    }, restMs)
    return () => {
      clearTimeout(timer)
      cancelAnimationFrame(frame)
    }
  }, [inSight, next, isLoading, loadsAtEnd, onMissing])
  return inSight >= 0
}

/** The one in the middle of those that are not loaded; -1 where all are. */
function findMissing(entries: List['entries'], { first, end }: Range): number {
  const missing: number[] = []
  for (let index = Math.max(0, first); index < Math.min(end, entries.length); index += 1) {
    if (!entries[index]) missing.push(index)
  }
  return missing[missing.length >> 1] ?? -1
}

function findNear(entries: List['entries'], { first, end }: Range): number {
  for (let step = 0; step < ahead; step += 1) {
    if (end + step < entries.length && !entries[end + step]) return end + step
    if (first - step >= 0 && !entries[first - step]) return first - step
  }
  return -1
}

type Awaiting = {
  entries: List['entries']
  selection: Selection
  onSelectionChange: (selection: Selection) => void
}

/** The keyboard goes to a row that is not loaded once that is there, unless something else is done before. */
export function useAwaitedRow(
  { entries, selection, onSelectionChange }: Awaiting,
  rows: {
    activeIndex: number
    showRow: (index: number) => void
    focusRow: (index: number) => void
  },
) {
  const [awaited, setAwaited] = useState<ListStep | null>(null)
  const isThere = awaited !== null && entries[awaited.index] !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the row is there, and only then
  useEffect(() => {
    if (!isThere) return
    setAwaited(null)
    const order = keysOf(entries)
    onSelectionChange(takeStep(selection, awaited, { order, index: rows.activeIndex }))
    rows.focusRow(awaited.index)
  }, [isThere])
  return {
    onAwait(step: ListStep) {
      setAwaited(step)
      rows.showRow(step.index)
      tell('Loading…')
    },
    onAct: () => setAwaited(null),
  }
}
