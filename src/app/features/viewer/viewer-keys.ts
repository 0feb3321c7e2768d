import { useEffect, useRef } from 'react'

/** What a key press is to the kind of file that is shown; true where it was meant for that. */
type KeyReader = (event: KeyPress) => boolean

export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'repeat'
>

const readers = new Set<KeyReader>()

/**
 * Lends the viewer the keys of the kind that is shown, for as long as it is there. They are asked before
 * the viewer's own, wherever in the dialog the focus is; not while one types, and not with a command key.
 */
export function useViewerKeys(read: KeyReader): void {
  const latest = useRef(read)
  useEffect(() => {
    latest.current = read
  })
  useEffect(() => {
    const reader: KeyReader = (event) => latest.current(event)
    readers.add(reader)
    return () => void readers.delete(reader)
  }, [])
}

export type ViewerStep = 'next' | 'previous' | 'first' | 'last' | 'fullscreen' | 'details'

const steps: Record<string, ViewerStep> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  PageDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  PageUp: 'previous',
  Home: 'first',
  End: 'last',
  f: 'fullscreen',
  i: 'details',
}

/** What a key does: `taken` by the kind that is shown, a step of the viewer's, or null for nothing. */
export function readViewerKey(event: KeyPress): ViewerStep | 'taken' | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  for (const read of readers) if (read(event)) return 'taken'
  if (event.shiftKey) return null
  return steps[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null
}
