import { Suspense, useEffect, useEffectEvent, useState } from 'react'
import { useLeaveQuestion } from '#app/lib/browser/use-leave-question.ts'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { type HeldTransfer, holdTransfer, isTextField } from './hold-transfer.ts'

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
  // What is not read yet is in no queue, so nothing else would ask before it is lost.
  useLeaveQuestion(() => isReading)
  if (dragged === null && !isReading) return null
  return (
    <Suspense fallback={null}>
      <DropOverlay dragged={dragged} {...rest} />
    </Suspense>
  )
}

/** What is held over the screen; `either` where its forms have to be looked at first. */
export type Dragged = 'files' | 'links' | 'either'

/**
 * Takes what is dragged in from outside and dropped anywhere on the page. Text that is dropped into a
 * text field stays the field's.
 *
 * @returns what is held over the page; null for nothing that would be taken
 */
function useDrop(onDrop: (transfer: DataTransfer) => void): Dragged | null {
  const [dragged, setDragged] = useState<Dragged | null>(null)
  const handleDrop = useEffectEvent(onDrop)
  useEffect(() => {
    const watching = new AbortController()
    const listen = (name: 'dragstart' | 'dragend' | Over, handle: (event: DragEvent) => void) =>
      document.addEventListener(name, handle, watching)
    // A link of this very page that is dragged about is nothing to bring in.
    let startedHere = false
    listen('dragstart', () => {
      startedHere = true
    })
    listen('dragend', () => {
      startedHere = false
    })
    let over: EventTarget | null = null
    const follow = (event: DragEvent) => {
      over = event.target
      const kind = startedHere ? null : kindOf(event)
      setDragged(kind)
      // Without this the browser would open what is dropped, and leave the page.
      if (kind) event.preventDefault()
      return kind
    }
    listen('dragenter', follow)
    listen('dragover', follow)
    listen('dragleave', ({ target }) => {
      // Going on to another element enters that one first.
      if (target === over || !(over instanceof Node && over.isConnected)) setDragged(null)
    })
    listen('drop', (event) => {
      if (follow(event) && event.dataTransfer) handleDrop(event.dataTransfer)
      setDragged(null)
      // What was dragged may be gone before it hears that it was dropped.
      startedHere = false
    })
    return () => watching.abort()
  }, [])
  return dragged
}

type Over = 'dragenter' | 'dragover' | 'dragleave' | 'drop'

function kindOf({ dataTransfer, target }: DragEvent): Dragged | null {
  const types = dataTransfer?.types ?? []
  const hasLinks = types.includes('text/uri-list')
  if (types.includes('Files')) return hasLinks ? 'either' : 'files'
  if (!hasLinks && !types.includes('text/plain') && !types.includes('text/html')) return null
  return keepsText(target) ? null : 'links'
}

/** A field for links says so: dropped into the middle of one that is there, a link would spoil both. */
function keepsText(target: EventTarget | null): boolean {
  return isTextField(target) && !(target as Element).closest('[data-takes-links]')
}

/** Hands over what is pasted anywhere, but for text that is pasted into a text field. */
function usePaste(onPaste: (transfer: DataTransfer) => void): void {
  const handlePaste = useEffectEvent((event: ClipboardEvent) => {
    const transfer = event.clipboardData
    if (!transfer || event.defaultPrevented) return
    if (isTextField(event.target) && transfer.types.includes('text/plain')) return
    // What this opens may take the focus at once, and the browser would paste into its field as well.
    event.preventDefault()
    onPaste(transfer)
  })
  useEffect(() => {
    const listen = (event: ClipboardEvent) => handlePaste(event)
    document.addEventListener('paste', listen)
    return () => document.removeEventListener('paste', listen)
  }, [])
}
