import { type FocusEvent, useEffect, useRef } from 'react'
import { findTabStop, isFocusLost } from './use-grid-focus.ts'

/**
 * Where the button or row with the focus goes away, as `Clear selection` does when it is pressed, the
 * keyboard goes on in the row that Tab reaches.
 */
export function useKeptKeyboard() {
  const area = useRef<HTMLElement | null>(null)
  useEffect(() => {
    if (!area.current || !isFocusLost()) return
    findTabStop(area.current)?.focus({ preventScroll: true })
  })
  return {
    onFocus(event: FocusEvent<HTMLElement>) {
      area.current = event.currentTarget
    },
    // Not called for an element that is taken out of the page.
    onBlur() {
      area.current = null
    },
  }
}
