import { useEffect, useRef } from 'react'
import { watchTooltips } from './watch-tooltips.ts'

/**
 * The attributes that give any element a tooltip. A tooltip that only repeats the name is for eyes;
 * one that says more (`isDescription`) is also read out.
 */
export function tooltipProps(text: string, options: { isDescription?: boolean } = {}) {
  return {
    'data-tooltip': text,
    ...(options.isDescription ? { 'aria-description': text } : {}),
  }
}

/** The same for text that may be cut off: the tooltip comes only while it is. */
export function cutTextTooltipProps(text: string) {
  return { 'data-tooltip': text, 'data-tooltip-when-cut': '' }
}

/**
 * The one tooltip of the page, put beside whichever element with `tooltipProps` is hovered or focused.
 * One for all, because a tooltip component in each of a list's rows would make scrolling slow.
 */
export function TooltipLayer() {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => (ref.current ? watchTooltips(ref.current) : undefined), [])
  return (
    <div
      ref={ref}
      // The top layer: a tooltip of a button in a dialog must not hide behind the dialog.
      popover="manual"
      aria-hidden="true"
      className="pointer-events-none fixed inset-auto m-0 max-w-64 rounded-md border-0 bg-ink px-2 py-1 text-canvas text-xs whitespace-pre-line"
    />
  )
}
