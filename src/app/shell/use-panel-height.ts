import { type KeyboardEvent, type PointerEvent, useState } from 'react'

const least = 120
const step = 24
const storedAs = 'barkeep.transfers-height'

/** The height of the panel, in px, and what its upper edge does: drag it, or arrow keys on it. */
export function usePanelHeight() {
  const [height, setHeight] = useState(readHeight)
  const most = () => Math.max(least, window.innerHeight - 280)
  const change = (wanted: number) => {
    const next = Math.round(Math.min(Math.max(wanted, least), most()))
    setHeight(next)
    try {
      localStorage.setItem(storedAs, String(next))
    } catch {
      // Storage is full or forbidden; the height still holds for this page.
    }
  }
  return {
    height,
    edgeProps: {
      'aria-valuenow': height,
      'aria-valuemin': least,
      'aria-valuemax': most(),
      onPointerDown(event: PointerEvent) {
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerMove(event: PointerEvent) {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        change(window.innerHeight - event.clientY)
      },
      onKeyDown(event: KeyboardEvent) {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
        event.preventDefault()
        change(height + (event.key === 'ArrowUp' ? step : -step))
      },
    },
  }
}

function readHeight(): number {
  const usual = 232
  try {
    const stored = Number(localStorage.getItem(storedAs))
    return stored >= least && stored <= window.innerHeight ? stored : usual
  } catch {
    return usual
  }
}
