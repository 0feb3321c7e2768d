import { useEffect, useRef } from 'react'

/** Focus follows the keyboard to a line that may only be drawn after the list has scrolled to it. */
export function useWishedFocus({
  isActive,
  focusWish,
}: {
  isActive: boolean
  /** Set when the keyboard moves; the active line takes the focus, once. */
  focusWish: { current: boolean }
}) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isActive || !focusWish.current) return
    focusWish.current = false
    ref.current?.focus({ preventScroll: true })
  }, [isActive, focusWish])
  return ref
}
