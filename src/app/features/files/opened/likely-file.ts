import { useRef } from 'react'
import { currentContext } from '#app/actions/action-context.ts'
import type { Viewing } from './viewed-file.tsx'

/** So long a pointer rests on a row of which is meant what it points at, in ms. */
const restMs = 100

export const loadViewedFile = async () => (await import('./viewed-file.tsx')).ViewedFile

/** Listeners for the list that load the viewer when a file is likely to be opened: a press, or a pointer that rests on it. */
export function useLikelyFile(viewing: Viewing) {
  const resting = useRef(0)
  const prepare = (on: EventTarget) => {
    const row = on instanceof Element ? currentContext().targetOf?.(on) : null
    if (row?.kind !== 'file') return
    loadViewedFile().catch(() => {})
    viewing.onLikely?.(row.name)
  }
  return {
    onPointerDownCapture: (event: { target: EventTarget }) => prepare(event.target),
    onPointerOverCapture: (event: { target: EventTarget }) => {
      clearTimeout(resting.current)
      resting.current = window.setTimeout(prepare, restMs, event.target)
    },
  }
}
