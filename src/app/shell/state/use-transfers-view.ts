import { useEffect, useState } from 'react'
import { useSnapshot } from '#app/lib/store.ts'
import type { TransferQueues } from './transfer-queues.ts'
import type { Transfers } from './transfers.ts'

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
export function useTransfersView(transfers: Transfers, keyId: string | null): TransfersView {
  const queues = useSnapshot(transfers)
  const [view, setView] = useState(() => begin(queues, keyId))
  if (view.keyId !== keyId) setView(begin(queues, keyId))
  useEffect(() => {
    if (!queues) return
    const { uploads } = queues
    const open = (tab: TransfersTab) => setView((now) => ({ ...now, tab, isOpen: !isNarrow() }))
    // What a reload left is found a moment later.
    const left = findLeftOver(queues)
    if (left) open(left)
    let { interrupted } = uploads.getSnapshot().totals
    return uploads.subscribe(() => {
      const before = interrupted
      interrupted = uploads.getSnapshot().totals.interrupted
      if (interrupted > before) open('uploads')
    })
  }, [queues])
  return {
    ...view,
    setIsOpen: (isOpen) => setView((now) => ({ ...now, isOpen })),
    show: (tab) => setView((now) => ({ ...now, tab, isOpen: true })),
  }
}

function begin(queues: TransferQueues | null, keyId: string | null): View {
  const left = queues && findLeftOver(queues)
  return { keyId, tab: left ?? 'uploads', isOpen: left !== null && !isNarrow() }
}

function findLeftOver({ uploads, imports }: TransferQueues): TransfersTab | null {
  const { interrupted, unfinished } = uploads.getSnapshot().totals
  if (interrupted + unfinished > 0) return 'uploads'
  return imports.getSnapshot().totals.unfinished > 0 ? 'imports' : null
}

/** There the panel is a sheet over the whole page, which nobody asked for. */
function isNarrow(): boolean {
  return window.matchMedia('(width < 48rem)').matches
}
