import type { KeyboardEvent, PointerEvent } from 'react'

const step = 24

/** The upper edge of a panel at the foot of the page: dragged, or moved by the arrow keys. All in px. */
export function PanelEdge({
  height,
  least,
  onResize,
}: {
  height: number
  least: number
  onResize: (height: number) => void
}) {
  const most = Math.max(least, window.innerHeight - 280)
  const change = (wanted: number) => onResize(Math.round(Math.min(Math.max(wanted, least), most)))

  function handleMove(event: PointerEvent) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    change(window.innerHeight - event.clientY)
  }

  function handleKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    change(height + (event.key === 'ArrowUp' ? step : -step))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the transfers"
      aria-valuenow={height}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={handleMove}
      onKeyDown={handleKey}
      className="absolute inset-x-0 -top-1 z-10 h-2 cursor-row-resize touch-none hover:bg-accent/40 focus-visible:bg-accent/40"
    />
  )
}
