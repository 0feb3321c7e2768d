import { useEffect, useState } from 'react'
import { tell } from '#app/ui/announcer.tsx'
import type { Folder } from './use-folder.ts'

/** While the keyboard goes with the end of a folder whose pages still come. */
export type FollowedEnd = {
  isFollowing: boolean
  /** Nothing more comes: the last row is the folder's, or a page failed. */
  hasEnded: boolean
  /** End was pressed; does nothing where all is loaded, or where rows are hidden. */
  start: () => void
  stop: () => void
}

/**
 * End means the end of the folder, not of what happens to be loaded: the pages between are loaded, and the
 * keyboard goes on with the last row until all are here, one fails, or the person does anything else.
 */
export function useFollowedEnd(listing: Folder, isFiltered: boolean): FollowedEnd {
  const [isFollowing, setIsFollowing] = useState(false)
  const hasEnded = listing.isComplete || listing.error !== null
  return {
    isFollowing,
    hasEnded,
    start() {
      if (isFollowing || isFiltered || hasEnded) return
      setIsFollowing(true)
      tell('Loading on to the end. Any other key stops it.')
      listing.loadAll()
    },
    stop() {
      setIsFollowing(false)
      listing.stopLoadingAll()
    },
  }
}

/** Anything else that is done in `area` ends it, and so does a focus that left the list. */
export function useFollowing(
  area: HTMLElement | null,
  { isFollowing, hasEnded, stop }: FollowedEnd,
  { count, goTo }: { count: number; goTo: (index: number) => void },
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes on when rows came, and only then
  useEffect(() => {
    if (!isFollowing) return
    const isThere = area?.contains(document.activeElement)
    if (isThere) goTo(count - 1)
    if (!isThere || hasEnded) stop()
  }, [isFollowing, count, hasEnded])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what stops it stays the same while it goes on
  useEffect(() => {
    if (!area || !isFollowing) return
    const ending = new AbortController()
    const options = { signal: ending.signal, capture: true, passive: true }
    const handleKey = (event: KeyboardEvent) => {
      const isModifier = ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)
      if (event.key !== 'End' && !isModifier) stop()
    }
    const handleFocusOut = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof Node && !area.contains(relatedTarget)) stop()
    }
    area.addEventListener('keydown', handleKey, options)
    area.addEventListener('focusout', handleFocusOut, options)
    for (const type of ['pointerdown', 'wheel'] as const) area.addEventListener(type, stop, options)
    return () => ending.abort()
  }, [area, isFollowing])
}
