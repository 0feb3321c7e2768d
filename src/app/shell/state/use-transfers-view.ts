import { useEffect, useState } from 'react'
import type { AppStores } from './app-stores.ts'

export type TransfersTab = 'uploads' | 'imports'

export type TransfersView = {
  tab: TransfersTab
  isOpen: boolean
  /** Opens the panel at a tab. */
  show: (tab: TransfersTab) => void
  setIsOpen: (isOpen: boolean) => void
}

type View = Pick<TransfersView, 'tab' | 'isOpen'> & { keyId: string | null }

/**
 * What the panel of transfers shows; it opens by itself when something begins, or was left by a reload.
 * `keyId`: who is connected, null for nobody; another one begins anew.
 */
export function useTransfersView(parts: AppStores, keyId: string | null): TransfersView {
  const [view, setView] = useState(() => begin(parts, keyId))
  if (view.keyId !== keyId) setView(begin(parts, keyId))
  useEffect(() => {
    // What a reload interrupted is found a moment later.
    let { interrupted } = parts.uploads.getSnapshot().totals
    return parts.uploads.subscribe(() => {
      const before = interrupted
      interrupted = parts.uploads.getSnapshot().totals.interrupted
      if (interrupted <= before) return
      setView((now) => ({ ...now, tab: 'uploads', isOpen: !isNarrow() }))
    })
  }, [parts])
  return {
    ...view,
    setIsOpen: (isOpen) => setView((now) => ({ ...now, isOpen })),
    show: (tab) => setView((now) => ({ ...now, tab, isOpen: true })),
  }
}

function begin(parts: AppStores, keyId: string | null): View {
  const left = findLeftOver(parts)
  return { keyId, tab: left ?? 'uploads', isOpen: left !== null && !isNarrow() }
}

function findLeftOver({ uploads, imports }: AppStores): TransfersTab | null {
  const { interrupted, unfinished } = uploads.getSnapshot().totals
  if (interrupted + unfinished > 0) return 'uploads'
  return imports.getSnapshot().totals.unfinished > 0 ? 'imports' : null
}

/** There the panel is a sheet over the whole page, which nobody asked for. */
function isNarrow(): boolean {
  return window.matchMedia('(width < 48rem)').matches
}
