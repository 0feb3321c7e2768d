import { type PointerEvent, useRef } from 'react'

/** px. Less is a tap, or a hand that is not quite still. */
const shortest = 56

/**
 * A finger that is drawn sideways steps to the next file or the one before. What pans or scrolls sideways
 * by itself carries `data-own-swipe`, and so does a picture while it is enlarged.
 */
export function useSwipe(onStep: (step: 1 | -1) => void) {
  const start = useRef<{ id: number; x: number; y: number } | null>(null)
  const forget = () => {
    start.current = null
  }
  return {
    onPointerDown({
      pointerType,
      pointerId: id,
      isPrimary,
      target,
      clientX,
      clientY,
    }: PointerEvent) {
      const isOwn = target instanceof Element && target.closest('[data-own-swipe]') !== null
      // A second finger makes it a pinch.
      start.current =
        pointerType === 'touch' && isPrimary && !isOwn ? { id, x: clientX, y: clientY } : null
    },
    onPointerUp({ pointerId, clientX, clientY }: PointerEvent) {
      const from = start.current
      forget()
      if (from?.id !== pointerId) return
      const x = clientX - from.x
      const y = clientY - from.y
      if (Math.abs(x) >= shortest && Math.abs(x) > 2 * Math.abs(y)) onStep(x < 0 ? 1 : -1)
    },
    onPointerCancel: forget,
  }
}
