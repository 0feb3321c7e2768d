import { useEffect, useEffectEvent, useState } from 'react'
import { isTextField } from './hold-transfer.ts'

/** What is held over the screen; `either` where its forms have to be looked at first. */
export type Dragged = 'files' | 'links' | 'either'

/**
 * Takes what is dragged in from outside and dropped anywhere on the page. Text that is dropped into a
 * text field stays the field's.
 *
 * @returns what is held over the page; null for nothing that would be taken
 */
export function useDrop(onDrop: (transfer: DataTransfer) => void): Dragged | null {
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
