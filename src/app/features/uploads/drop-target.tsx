import { Suspense, useEffect, useState } from 'react'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type HeldTransfer, holdTransfer } from './hold-transfer.ts'
import { useDrop } from './use-drop.ts'
import { usePaste } from './use-paste.ts'

export type DropTargetProps = {
  /** Where dropped files go. */
  folder: string
  /** False: nobody is, and the overlay says what to do first. */
  isConnected: boolean
  canUpload: boolean
  canImport: boolean
  /** Reads what was dropped or pasted, and does with it what is to be done. Never throws. */
  onTransfer: (held: HeldTransfer) => Promise<void>
}

const DropOverlay = lazyPart(async () => (await import('./drop-overlay.tsx')).DropOverlay, {
  floats: true,
})

/**
 * Takes what is dropped anywhere on the page, or pasted outside a text field, and shows over the page
 * what letting go would do.
 */
export function DropTarget({ onTransfer, ...rest }: DropTargetProps) {
  const [readings, setReadings] = useState(0)
  // Reading a large folder takes a while.
  const take = (transfer: DataTransfer) => {
    setReadings((count) => count + 1)
    void onTransfer(holdTransfer(transfer)).finally(() => setReadings((count) => count - 1))
  }
  usePaste(take)
  const dragged = useDrop(take)
  const isReading = readings > 0
  useEffect(() => {
    if (!isReading) return
    // What is not read yet is in no queue, so nothing else would ask before it is lost.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isReading])
  if (dragged === null && !isReading) return null
  return (
    <Suspense fallback={null}>
      <DropOverlay dragged={dragged} {...rest} />
    </Suspense>
  )
}
