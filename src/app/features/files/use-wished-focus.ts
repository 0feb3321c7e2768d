import { useEffect, useRef } from 'react'
import { isTypedIn } from '#app/lib/is-typed-in.ts'

/** Focus follows the keyboard to a line that may only be drawn after the list has scrolled to it. */
export function useWishedFocus({
  isActive,
  focusWish,
  shows,
}: {
  isActive: boolean
  /** What the line shows now: its element may have shown another one before. */
  shows: string
  /** Set when the keyboard moves; the active line takes the focus, once. */
  focusWish: { current: boolean }
}) {
  const ref = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line took the element
  useEffect(() => {
    if (!isActive || !focusWish.current) return
    focusWish.current = false
    if (!isTypedIn(document.activeElement)) ref.current?.focus({ preventScroll: true })
  }, [isActive, focusWish, shows])
  return ref
}
