import { useEffect, useState } from 'react'
import type { SessionParts } from './session-parts.ts'

export type TransfersTab = 'uploads' | 'imports'

export type TransfersView = {
  tab: TransfersTab
  isOpen: boolean
  /** Opens the panel at a tab. */
  show: (tab: TransfersTab) => void
  setIsOpen: (isOpen: boolean) => void
}

/** What the panel of transfers shows; it opens by itself when something begins, or was left by a reload. */
export function useTransfersView(parts: SessionParts): TransfersView {
  const [left] = useState(() => findLeftOver(parts))
  const [tab, setTab] = useState(left ?? 'uploads')
  const [isOpen, setIsOpen] = useState(left !== null && !isNarrow())
  useEffect(() => {
    // What a reload interrupted is found a moment later.
    let { interrupted } = parts.uploads.getSnapshot().totals
    return parts.uploads.subscribe(() => {
      const before = interrupted
      interrupted = parts.uploads.getSnapshot().totals.interrupted
      if (interrupted <= before) return
      setTab('uploads')
      setIsOpen(!isNarrow())
    })
  }, [parts])
  return {
    tab,
    isOpen,
    setIsOpen,
    show(next) {
      setTab(next)
      setIsOpen(true)
    },
  }
}

function findLeftOver({ uploads, imports }: SessionParts): TransfersTab | null {
  const { interrupted, unfinished } = uploads.getSnapshot().totals
  if (interrupted + unfinished > 0) return 'uploads'
  return imports.getSnapshot().totals.unfinished > 0 ? 'imports' : null
}

/** There the panel is a sheet over the whole page, which nobody asked for. */
function isNarrow(): boolean {
  return window.matchMedia('(width < 48rem)').matches
}
