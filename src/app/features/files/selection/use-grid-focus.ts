import { type FocusEvent, useEffect, useRef } from 'react'
import { isFocusLost, isTypedIn } from '#app/lib/browser/keyboard-focus.ts'

/**
 * Brings the keyboard into the grid where it would be lost: on a new screen. What has the focus keeps it,
 * unless `pendingFocus` says otherwise.
 */
export function useGridFocus(pendingFocus: { current: boolean }) {
  const ref = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a new screen, and only then
  useEffect(() => {
    if (!(pendingFocus.current || isFocusLost()) || isTypedIn(document.activeElement)) return
    const target = findTabStop(ref.current)
    // A row whose code is still on its way takes it itself.
    pendingFocus.current = target === null
    target?.focus({ preventScroll: true })
  }, [])
  return ref
}

/** The row that Tab reaches; the grid itself where there are none. */
export function findTabStop(area: HTMLElement | null): HTMLElement | null {
  if (area?.tabIndex === 0) return area
  return (
    area?.querySelector<HTMLElement>('[data-key][tabindex="0"], [role=grid][tabindex="0"]') ?? null
  )
}

/**
 * Where the button or row with the focus goes away, as `Clear selection` does when it is pressed, the
 * keyboard goes on in the row that Tab reaches.
 */
export function useKeptKeyboard() {
  const area = useRef<HTMLElement | null>(null)
  const row = useRef<{ element: Element; key: string | null } | null>(null)
  useEffect(() => {
    const { current } = row
    // The element of a row that is gone goes on with one far off: the next key would be about that.
    const isOther = current !== null && keyOf(current.element) !== current.key
    if (!area.current || !(isOther || isFocusLost())) return
    findTabStop(area.current)?.focus({ preventScroll: true })
  })
  return {
    onFocus(event: FocusEvent<HTMLElement>) {
      area.current = event.currentTarget
      const element = event.target.closest('[data-key]')
      row.current = element && { element, key: keyOf(element) }
    },
    // Not called for an element that is taken out of the page.
    onBlur() {
      area.current = null
      row.current = null
    },
  }
}

function keyOf(row: Element): string | null {
  return row.getAttribute('data-key')
}

/** Focus follows the keyboard to a line that may only be drawn after the list has scrolled to it. */
export function useGivenFocus({
  isActive,
  pendingFocus,
  shows,
}: {
  isActive: boolean
  /** What the line shows now: its element may have shown another one before. */
  shows: string
  /** Set when the keyboard moves; the active line takes the focus, once. */
  pendingFocus: { current: boolean }
}) {
  const ref = useRef<HTMLDivElement>(null)
  // Those that have nothing to do with the keyboard show others all the time, while a list scrolls.
  const shown = isActive ? shows : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line took the element
  useEffect(() => {
    if (!isActive || !pendingFocus.current) return
    pendingFocus.current = false
    if (!isTypedIn(document.activeElement)) ref.current?.focus({ preventScroll: true })
  }, [isActive, pendingFocus, shown])
  return ref
}
