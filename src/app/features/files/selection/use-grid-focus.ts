import { type FocusEvent, useEffect, useRef } from 'react'
import { isTypedIn } from '#app/lib/is-typed-in.ts'

const movingKeys = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp']

/**
 * Brings the keyboard into the grid where it would be lost: on a new screen, and with keys that nothing
 * else takes. What has the focus keeps it, unless `pendingFocus` says otherwise.
 */
export function useGridFocus(parts: {
  pendingFocus: { current: boolean }
  /** Brings the row that Tab reaches into sight, and gives it the focus. */
  focusActive: () => void
  onSelectAll: () => void
}) {
  const ref = useRef<HTMLDivElement>(null)
  const latest = useRef(parts)
  useEffect(() => {
    latest.current = parts
  })

  useEffect(() => {
    const { pendingFocus } = latest.current
    if (!(pendingFocus.current || isFocusLost()) || isTypedIn(document.activeElement)) return
    const target = findTabStop(ref.current)
    // A row whose code is still on its way takes it itself.
    pendingFocus.current = target === null
    target?.focus({ preventScroll: true })
  }, [])

  useEffect(() => {
    const ending = new AbortController()
    const handleKeyDown = (event: KeyboardEvent) => {
      const isAll = isSelectAll(event)
      if (event.defaultPrevented || !(isAll || movingKeys.includes(event.key))) return
      if (!isFocusLost()) return
      event.preventDefault()
      latest.current.focusActive()
      if (isAll) latest.current.onSelectAll()
    }
    document.addEventListener('keydown', handleKeyDown, { signal: ending.signal })
    return () => ending.abort()
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

function isSelectAll(press: KeyboardEvent): boolean {
  return (press.ctrlKey || press.metaKey) && press.key.toLowerCase() === 'a'
}

/** Nothing has the focus, and no dialog is about to have it. */
function isFocusLost(): boolean {
  const focused = document.activeElement
  return (focused ?? document.body) === document.body && !document.querySelector('[role=dialog]')
}

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
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line took the element
  useEffect(() => {
    if (!isActive || !pendingFocus.current) return
    pendingFocus.current = false
    if (!isTypedIn(document.activeElement)) ref.current?.focus({ preventScroll: true })
  }, [isActive, pendingFocus, shows])
  return ref
}
