import { useState } from 'react'

export type TransfersTab = 'uploads' | 'imports'

export type TransfersView = {
  tab: TransfersTab
  isOpen: boolean
  /** Opens the panel at a tab. */
  show: (tab: TransfersTab) => void
  setIsOpen: (isOpen: boolean) => void
}

/** What the panel of transfers shows; it opens by itself when something begins. */
export function useTransfersView(): TransfersView {
  const [tab, setTab] = useState<TransfersTab>('uploads')
  const [isOpen, setIsOpen] = useState(false)
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
