import { type RefObject, useEffect } from 'react'

const scrolling = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ']

/**
 * What is read is scrolled by the keys that scroll: it takes the keyboard from the viewer once it is there,
 * and keeps those keys. Left and right go to other files, but in a text that scrolls sideways.
 */
export function useReaderKeys(scroller: RefObject<HTMLElement | null>, isThere: boolean): void {
  useEffect(() => {
    const element = scroller.current
    if (!element || !isThere) return
    const focused = document.activeElement
    // Nobody moved it there, so nothing is drawn round it until somebody does.
    const quietly: FocusOptions & { focusVisible: boolean } = { focusVisible: false }
    if (focused?.contains(element)) element.focus({ ...quietly, preventScroll: true })
    const ending = new AbortController()
    const keep = (event: KeyboardEvent) => {
      const isSideways = /^Arrow(Left|Right)$/.test(event.key)
      const scrollsSideways = element.scrollWidth > element.clientWidth
      const isHeld = event.altKey || event.ctrlKey || event.metaKey
      if (isHeld || event.target !== element) return
      if (scrolling.includes(event.key) || (isSideways && scrollsSideways)) event.stopPropagation()
    }
    element.addEventListener('keydown', keep, { signal: ending.signal })
    return () => ending.abort()
  }, [scroller, isThere])
}
