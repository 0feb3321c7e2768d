import { type FocusEvent, useEffect, useRef } from 'react'

type Place = { element: HTMLElement; row: HTMLElement | null; panel: HTMLElement | null }

/**
 * Keeps the keyboard's place in a list of rows whose buttons come and go, `Cancel` for `Retry`: where the
 * focused one is gone, the focus goes to what is left in its row, else to the panel around it.
 */
export function useKeptFocus() {
  const place = useRef<Place | null>(null)
  useEffect(() => {
    if (place.current === null || place.current.element.isConnected) return
    const { row, panel } = place.current
    place.current = null
    if (document.activeElement !== document.body) return
    const heirs = row?.isConnected ? row.querySelectorAll<HTMLElement>('a, button') : []
    // The last one: what can be done stands at the end of a row.
    const heir = heirs[heirs.length - 1] ?? panel
    heir?.focus({ preventScroll: true })
  })
  return {
    onFocus({ target }: FocusEvent<HTMLElement>) {
      const row = target.closest('li')
      place.current = { element: target, row, panel: target.closest('[role="tabpanel"]') }
    },
    // Not called for an element that is taken out of the page.
    onBlur() {
      place.current = null
    },
  }
}
